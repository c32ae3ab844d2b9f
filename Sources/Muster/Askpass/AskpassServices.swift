import MusterInventory

/// What the run does for the secrets of one device's `ssh`: turns at offering a password, and codes.
protocol AskpassServices: Sendable {
    /// Waits until a password may be offered; whoever is granted that settles it afterwards, once.
    func permission(toOffer login: AskpassAnswers.Login) async -> AskpassPermission

    /// Takes in what came of a password.
    func settle(_ login: AskpassAnswers.Login, _ outcome: AskpassOutcome)

    /// The answer to a question that is not for the password; `nil` when nobody has one.
    ///
    /// - Parameter user: Whose login it is for.
    func code(for question: String, user: String) async throws -> Secret?

    /// The passphrase of a key file, for which a person may be asked; `nil` when nobody knows it.
    func passphrase(for key: String) async -> Secret?

    /// Says that a login of this user's with the latest code was refused, so that nobody else is given the code.
    func codeWasRefused(user: String)
}

extension AskpassServices {
    func passphrase(for key: String) async -> Secret? { nil }
}

/// Whether a password may be offered.
enum AskpassPermission: Sendable, Equatable {
    case granted
    /// Other devices have refused it.
    case withheld(String)
    case cancelled
}

/// What came of a password.
enum AskpassOutcome: Sendable, Equatable {
    case accepted, refused
    /// The connection ended before an answer to it.
    case undecided
}
