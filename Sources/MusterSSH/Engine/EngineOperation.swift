import CLibSSH2

/// A channel of an engine, by its number.
package struct ChannelID: Sendable, Hashable {
    let number: Int
}

/// One thing that an engine does and that needs the peer's answer.
enum EngineOperation: Sendable {
    case handshake
    /// RFC 4252, 8.
    case password(user: String, password: String)
    /// RFC 4256.
    case keyboardInteractive(user: String, answers: InteractiveAnswers)
    /// RFC 4252, 7.
    case publicKey(user: String, KeyOffer)
    /// The same with a key that libssh2 decrypts itself.
    case sealedKey(user: String, SealedKey)
    /// The methods that the server would go on with, comma-separated.
    case methods(user: String)
    case openSession
    /// A connection from the server on to another host (RFC 4254, 7.2).
    case openTunnel(host: String, port: Int)
    case terminal(ChannelID, TerminalSize, type: String)
    case shell(ChannelID)
    /// One command, without a terminal (RFC 4254, 6.5).
    case exec(ChannelID, command: String)
    /// What became of the command, which comes after its output.
    case exit(ChannelID)
}

extension EngineOperation: CustomStringConvertible, CustomReflectable {
    /// The operation's name alone: operations carry passwords and keys.
    var description: String {
        switch self {
        case .handshake: "handshake"
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        case .publicKey, .sealedKey: "public key"
        case .methods: "methods"
        case .openSession: "open"
        case .openTunnel: "tunnel"
        case .terminal: "terminal"
        case .shell: "shell"
        case .exec: "exec"
        case .exit: "exit"
        }
    }

    var customMirror: Mirror { Mirror(self, children: []) }
}

/// How one call of an operation came out.
enum EngineStep: Sendable {
    /// It is complete.
    case done
    /// A channel is open.
    case opened(ChannelID)
    /// The methods that the server would go on with.
    case methods([String])
    /// The command is over.
    case exited(CommandExit)
    /// More input is needed; the same operation is called again when some has come.
    case needsInput
    /// A signature is needed; the same operation is called again when there is one, or none to be had.
    case needsSignature(SignatureRequest)
    /// libssh2's error number.
    case failed(Int32)
}

/// How a command over an exec channel ended.
package enum CommandExit: Sendable, Hashable {
    /// With this status. A server that tells none makes 0 of it: libssh2 does not tell that apart.
    case status(Int)
    /// By a signal, by its name without `SIG` (RFC 4254, 6.10).
    case signal(String)
}

/// The size of a channel's terminal.
package struct TerminalSize: Sendable, Hashable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}
