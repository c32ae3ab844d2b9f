/// A key to log in with, which is made ready when its turn has come.
package protocol KeySource: Sendable {
    /// What messages call it.
    var name: String { get }
    /// What it is known by in the whole run.
    var identity: String { get }
    /// Whether it is an agent's, and one of perhaps many.
    var isAgents: Bool { get }
    /// Whether nobody has said that it is for this device.
    var isGuess: Bool { get }

    /// Makes it ready; that may take a file's decryption or an agent's answer, but never a person's.
    func prepare() async -> KeyPreparation
    /// Asks a person for what it takes to sign, if need be; what came of it is told by `prepare`.
    ///
    /// - Parameter device: The device that wants the key.
    func unlock(for device: String) async
}

extension KeySource {
    package var isGuess: Bool { false }
}

/// What became of a key when its turn had come.
package enum KeyPreparation: Sendable {
    case ready(KeyOffer)
    /// libssh2 has to decrypt it.
    case sealed(SealedKey)
    /// A person has to be asked before anything of it can be offered.
    case locked
    /// It is of no use.
    case unusable(KeyProblem, hint: String?)
    /// It is of no use, and nobody said that it would be.
    case passedOver
    /// The task was cancelled.
    case cancelled
}

/// Keys of which nobody knows how many there are before their turn has come.
package protocol KeySet: Sendable {
    /// What messages call it.
    var name: String { get }

    /// Looks what there is.
    ///
    /// - Throws: `KeyProblem`; `.agent(.cancelled)` when the task was cancelled.
    func keys() async throws(KeyProblem) -> [any KeySource]
}

/// What the next connection takes.
package enum LoginNeed: Sendable {
    /// The code that this question asks for.
    case code(String)
    /// A person's word, so that this key can sign.
    case unlocking(any KeySource)
}

/// Which methods a user wants to be tried.
package struct LoginRules: Sendable {
    /// The methods in the order wanted, and no others; nil for all in the credentials' own order.
    package var preferred: [LoginMethod]?
    /// Methods that are not tried.
    package var disabled: Set<LoginMethod>
    /// Whether credentials are tried in the order of `preferred`; otherwise it only says which methods are.
    package var ordersCredentials: Bool

    package init(preferred: [LoginMethod]? = nil, disabled: Set<LoginMethod> = [], ordersCredentials: Bool = true) {
        self.preferred = preferred
        self.disabled = disabled
        self.ordersCredentials = ordersCredentials
    }

    /// Whether a method may be tried.
    func allows(_ method: LoginMethod) -> Bool {
        !disabled.contains(method) && preferred?.contains(method) != false
    }

    /// Those of the methods that may be tried; in the order wanted, if one is.
    func allowed(_ methods: [LoginMethod]) -> [LoginMethod] {
        let allowed = methods.filter(allows)
        guard let preferred else { return allowed }
        return preferred.filter(allowed.contains)
    }

    /// A number by which credentials are sorted.
    func rank(_ methods: [LoginMethod]) -> Int {
        guard ordersCredentials, let preferred, let first = allowed(methods).first else { return 0 }
        return preferred.firstIndex(of: first) ?? 0
    }
}
