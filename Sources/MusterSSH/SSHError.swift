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
        /// A credential is missing or unusable.
        case credential
        /// The server refused the channel, its terminal or its shell.
        case channel
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

    package var kind: Kind
    package var stage: Stage
    package var message: String
    package var hint: String?

    package init(_ kind: Kind, stage: Stage, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.stage = stage
        self.message = message
        self.hint = hint
    }
}
