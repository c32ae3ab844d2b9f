/// A way to log in, by its name on the wire (RFC 4252).
package enum LoginMethod: String, Sendable, Hashable {
    case publicKey = "publickey"
    case password
    case keyboardInteractive = "keyboard-interactive"
}

/// A credential in the eyes of `LoginPolicy`.
package struct LoginCandidate: Sendable {
    package enum Kind: Sendable, Hashable {
        case key, password, code
        /// Any number of keys, among which it is to be looked when its turn has come.
        case keys
        /// It is known to be of no use, for this reason, and never offered.
        case unusable(String, hint: String? = nil)
    }

    package var kind: Kind
    /// What messages call it.
    package var name: String
    /// Whether it is one of an agent's keys, of which there may be more than anyone wants to read.
    package var isAgents: Bool
    /// Whether nobody has said that it is for this device.
    package var isGuess: Bool

    package init(_ kind: Kind, name: String, isAgents: Bool = false, isGuess: Bool = false) {
        self.kind = kind
        self.name = name
        self.isAgents = isAgents
        self.isGuess = isGuess
    }
}

/// One offer of a credential.
package struct LoginAttempt: Sendable, Hashable {
    /// The credential's place among those configured; nil for questions that are answered without one.
    package var credential: Int?
    package var method: LoginMethod

    package init(_ credential: Int?, _ method: LoginMethod) {
        self.credential = credential
        self.method = method
    }
}
