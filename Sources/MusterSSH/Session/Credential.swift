/// One way to log in, described without its secret.
package enum Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    case password(String)
    /// Questions that ask for a password are answered with this one.
    case keyboardInteractive(password: String)
    /// The name is the file's, for errors.
    case publicKey(name: String, content: [UInt8], passphrase: String?)

    package var description: String {
        switch self {
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        case .publicKey(let name, _, _): "public key \(name)"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The method's name on the wire (RFC 4252).
    package var method: String {
        switch self {
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        case .publicKey: "publickey"
        }
    }
}
