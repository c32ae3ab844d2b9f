/// One thing to log in with, described without its secret.
package enum Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For the method `password`, and for keyboard-interactive questions that ask for one.
    case password(String)
    /// Codes that keyboard-interactive questions ask for; where they come from is told beside it.
    case oneTimeCode
    /// For the method `publickey`.
    case key(any KeySource)
    /// The same, however many there are.
    case keys(any KeySet)
    /// Something that is known to be of no use.
    case unusable(name: String, KeyProblem, hint: String?)

    package var description: String {
        switch self {
        case .password: "password"
        case .oneTimeCode: "one-time code"
        case .key(let source): source.name
        case .keys(let set): set.name
        case .unusable(let name, _, _): name
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
