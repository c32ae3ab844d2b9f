/// What answers the questions of one keyboard-interactive exchange.
package struct InteractiveAnswers: Sendable {
    /// The answer to a question for a code.
    package enum Code: Sendable, Equatable {
        /// This one.
        case code(String)
        /// There is one to be had, but none at hand: the exchange cannot wait for it.
        case notAtHand
        /// There is none to be had.
        case none
    }

    /// The password, if there is one.
    package var password: String?
    /// Looks for the code that a question asks for; answers at once, for libssh2 does not wait.
    package var code: @Sendable (_ question: String) -> Code

    package init(password: String?, code: @escaping @Sendable (_ question: String) -> Code = { _ in .none }) {
        self.password = password
        self.code = code
    }
}

/// Why an exchange of questions and answers was given up before it was over, each with the question as the device put it.
///
/// Nothing was sent in answer to it: an empty answer would be a refused login, and each of these counts against the account.
package enum InteractiveStop: Sendable, Equatable {
    /// A code is to be fetched first.
    case codeNotAtHand(String)
    /// Nobody has the code.
    case noCode(String)
    /// There is no password to answer with.
    case noPassword(String)
    /// The question is for a new password.
    case newPassword(String)
    /// The question is for something else.
    case unknown(String)
    /// The same was asked for before: the answer to that was wrong.
    case askedAgain(String)
}
