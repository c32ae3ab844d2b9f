/// Why an SSH session did not come about, or ended.
package struct SSHError: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The other side does not speak SSH.
        case notSSH
        /// Both sides share no algorithm.
        case noCommonAlgorithm
        /// The key exchange failed.
        case keyExchange
        /// The connection ended.
        case connectionLost
        /// The host key is not the known one, or may not be used.
        case hostKey
        /// The server refused the login.
        case refused
        /// The password has to be changed before it lets anyone in.
        case expired
        /// No credential was offered, since other devices have refused those that there are.
        case withheld
        /// libssh2 could not read the questions of a keyboard-interactive exchange.
        case brokenExchange
        /// A credential is missing or unusable.
        case credential
        /// The server refused the channel, its terminal or its shell.
        case channel
        /// The server runs no command over a channel of its own.
        case execRefused
        /// The server, as a bastion, could not reach the host that was asked for.
        case unreachableTarget
        /// The server does not carry connections on, or not to that host.
        case forwardingRefused
        /// The server has as many channels open as it wants.
        case channelShortage
        /// The time was over.
        case timedOut
        /// The task was cancelled.
        case cancelled
    }

    /// Where a session was when it failed.
    package enum Stage: Sendable, Equatable {
        case handshake, hostKey, authentication, open
    }

    /// What the engine lacks, and another client may have.
    package enum Gap: Sendable, Equatable {
        /// Every algorithm of one kind that the device offers.
        case algorithms(AlgorithmKind, device: [String])
        /// RSA signatures with SHA-2.
        case rsaSHA2
        /// Keys of this kind.
        case keyType(String)
    }

    /// What a list of algorithms is for.
    package enum AlgorithmKind: Sendable, Equatable {
        case keyExchange, hostKey, cipher, mac
    }

    /// Behind a reference: a function that may throw one, or passes it on, keeps room for it in its frame as often as it does so, and the frames
    /// of a login last as long as the session.
    private final class Details: Sendable {
        let kind: Kind
        let stage: Stage
        let message: String
        let hint: String?
        let gap: Gap?

        init(_ kind: Kind, _ stage: Stage, _ message: String, _ hint: String?, _ gap: Gap?) {
            self.kind = kind
            self.stage = stage
            self.message = message
            self.hint = hint
            self.gap = gap
        }
    }
    private var details: Details

    package var kind: Kind { details.kind }
    package var stage: Stage { details.stage }
    package var message: String { details.message }
    package var hint: String? { details.hint }
    /// Set when the reason is nothing but that.
    package var gap: Gap? { details.gap }

    package init(_ kind: Kind, stage: Stage, _ message: String, hint: String? = nil, gap: Gap? = nil) {
        details = Details(kind, stage, message, hint, gap)
    }

    /// The same with other words.
    package func saying(_ message: String) -> SSHError { SSHError(kind, stage: stage, message, hint: hint, gap: gap) }

    /// The same, for nothing but a gap where there is one.
    package func owing(_ gap: Gap?) -> SSHError { SSHError(kind, stage: stage, message, hint: hint, gap: gap) }

    package static func == (left: SSHError, right: SSHError) -> Bool {
        let (left, right) = (left.details, right.details)
        return left.kind == right.kind && left.stage == right.stage && left.message == right.message && left.hint == right.hint
            && left.gap == right.gap
    }
}
