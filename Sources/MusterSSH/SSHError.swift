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

    package var kind: Kind
    package var stage: Stage
    package var message: String
    package var hint: String?
    /// Set when the reason is nothing but that.
    package var gap: Gap?

    package init(_ kind: Kind, stage: Stage, _ message: String, hint: String? = nil, gap: Gap? = nil) {
        self.kind = kind
        self.stage = stage
        self.message = message
        self.hint = hint
        self.gap = gap
    }
}
