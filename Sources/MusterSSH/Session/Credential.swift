/// One thing to log in with, described without its secret.
package enum Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For the method `password`, and for keyboard-interactive questions that ask for one.
    case password(String)
    /// Codes that keyboard-interactive questions ask for; where they come from is told beside it.
    case oneTimeCode
    /// The name is the file's, for errors.
    case publicKey(name: String, content: [UInt8], passphrase: String?)

    package var description: String {
        switch self {
        case .password: "password"
        case .oneTimeCode: "one-time code"
        case .publicKey(let name, _, _): "public key \(name)"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
