/// What a keyboard-interactive question (RFC 4256) asks for, told by its text.
///
/// Devices word their questions as they like, and number and order differ with the AAA server behind them: only the text says what is wanted.
package enum InteractivePrompt: Sendable, Equatable {
    /// The user's password.
    case password
    /// A one-time password, a passcode, a token's code or PIN.
    case code
    /// The password with a code right behind it.
    case passwordAndCode
    /// A password to replace one that has expired.
    case newPassword
    /// Something else.
    case unknown

    /// Reads a question.
    package init(_ question: String) {
        let text = question.lowercased()
        let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        func says(_ phrases: [String]) -> Bool { phrases.contains { text.contains($0) } }
        let hasCodeWord = words.contains { InteractivePrompt.codeWords.contains($0) }
        let asksForPassword = says(["password", "passwd"])
        // The words may also be of a name, as in `admin@pin-1's password:`; then they do not stand right before the password.
        let namesCode = zip(words, words.dropFirst()).contains { InteractivePrompt.codeWords.contains($0) && $1 == "password" }
        let asksForCode = says(InteractivePrompt.codePhrases) || (asksForPassword ? namesCode : hasCodeWord)
        if says(InteractivePrompt.changePhrases) {
            self = .newPassword
        } else if asksForPassword, hasCodeWord || asksForCode, says(["password &", "password and", "password +", "password+"]) {
            self = .passwordAndCode
        } else if asksForCode {
            self = .code
        } else if asksForPassword {
            self = .password
        } else {
            self = .unknown
        }
    }

    /// Parts of questions for a code; one may be part of a longer word, as in `PASSCODE:`.
    private static let codePhrases = [
        "passcode", "one-time", "one time", "onetime", "authenticator", "two-factor", "second factor", "securid", "tokencode",
    ]
    /// Words of questions for a code that are parts of other words too: a `pin` of `shopping`.
    private static let codeWords: Set<String> = ["otp", "totp", "hotp", "token", "code", "pin", "2fa", "mfa", "yubikey"]
    private static let changePhrases = ["new password", "retype", "re-enter", "reenter", "change your password", "confirm password"]
}
