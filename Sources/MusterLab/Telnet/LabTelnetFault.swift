/// Something that is wrong with a device's telnet server, or unusual about it.
package enum LabTelnetFault: String, CaseIterable, Sendable {
    /// Negotiates nothing, as a raw TCP port does.
    case silent
    /// Sends lone IACs, verbs without options, subnegotiations of nothing, and asks for every option there is.
    case garbage
    /// Says nothing before a key was pressed.
    case pressAnyKey = "press-any-key"
    /// Asks for a password and for no user.
    case passwordOnly = "password-only"
    /// Asks for a user and for no password.
    case userOnly = "user-only"
    /// Shows its prompt without a question.
    case noLogin = "no-login"
    /// Prints the password as it is typed.
    case echoesPassword = "echoes-password"
    /// Forgets what was typed before a question, as getpass(3) does.
    case forgetsTypeAhead = "forgets-type-ahead"
    /// Refuses a login by closing the connection, without a word.
    case closesOnRefusal = "closes-on-refusal"
}
