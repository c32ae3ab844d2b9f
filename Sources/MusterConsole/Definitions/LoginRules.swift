/// How a device asks who is there, and how it refuses.
///
/// The questions are matched against the whole line that stands unfinished, the others against finished lines as well.
package struct LoginRules: Sendable {
    /// Asks for the user.
    package var username: Pattern
    /// Asks for the password.
    package var password: Pattern
    /// Lines that are answered before there is a question or a prompt.
    package var continues: [Continue]
    /// What a refused login prints, matched against one line.
    package var failures: [Pattern]

    /// A line that waits for a key, or for a word and the return key.
    package struct Continue: Sendable {
        package var pattern: Pattern
        /// Typed before the return key.
        package var answer: String

        package init(pattern: Pattern, answer: String = "") {
            self.pattern = pattern
            self.answer = answer
        }
    }

    /// The words of most devices, for what a definition leaves out.
    ///
    /// Nil would mean that an expression below does not compile, which the tests rule out.
    package static let common: LoginRules? = {
        guard let username = try? Pattern(username, span: .whole), let password = try? Pattern(password, span: .whole) else { return nil }
        return LoginRules(
            username: username, password: password, continues: continues.compactMap { (try? Pattern($0)).map { Continue(pattern: $0) } },
            failures: failures.compactMap { try? Pattern($0) })
    }()

    /// "Username: ", "login: ", "leaf1 login: ", "User Name:", "Login as: ", "Please enter user name: "; not "Last login: ".
    private static let username =
        #"^(?!.{0,60}\blast\b)([\w.\-()\[\]@/#]{1,64} |(please )?enter |(the|your) ){0,3}(user ?-?name|user( id)?|login( name| id| as)?|logon)\s{0,2}:\s*$"#
    /// "Password: ", "Password for admin:", "admin@r1's password: ", "Enter your password:", "Enter PASSCODE:".
    ///
    /// Not those for a new, an old or an enable password: the answer to them is another.
    private static let password =
        #"^((please )?enter |(the|your|user|login|local|line|tacacs\+?|radius) |[\w.\-@\\]{1,100}'s |\([^()\r\n]{1,100}\) ){0,3}(password|passcode)( for [^:\r\n]{1,100})?\s{0,2}:\s*$"#

    private static let continues = [
        #"^[\s*\-<\[(]{0,8}(please )?(press|hit|strike) (<|\[|'|")?(any key|a key|enter|return|carriage return|space ?bar)(>|\]|'|")?( key)?( to (continue|get started|begin|start|proceed|log ?in|access)).{0,60}$"#
    ]

    private static let failures = [
        #"^\W{0,6}(error: ?)?(login incorrect|incorrect (login|password)|wrong password|bad (passwords?|user ?name)|login (invalid|failed|failure)|invalid (login|password|user ?name)|access denied|permission denied)\b"#
            + #"(?! (to|for|by|unless|without)\b).{0,80}$"#,
        #"^\W{0,6}(error: ?)?((user |local |login )?authenti(cation|fication)|authori[sz]ation|login|logon)( has| is| was)? ?(fail(ed|ure)?|denied|rejected)\b.{0,60}$"#,
        #"^\W{0,6}(error: ?)?(the )?(user ?name|user|password|login|account)( or (user ?name|password))? (is |was )?(invalid|incorrect|wrong|rejected|locked|disabled)\b.{0,80}$"#,
        #"^\W{0,6}(username|password):?\s{1,4}timeout expired.{0,10}$"#,
    ]
}

/// Who logs in by the dialogue in the terminal.
package struct LoginCredentials: Sendable {
    package var user: String
    /// Nil: a question for it ends the login.
    package var password: String?
    /// Whether the device is expected to ask.
    ///
    /// Where the session has been let in already, as over SSH, a password is typed only after the device has asked for the user.
    package var isExpected: Bool
    /// Whether the login stops at the question for the password, until it is known whether it may be given.
    package var needsPermission: Bool

    package init(user: String, password: String?, isExpected: Bool = true, needsPermission: Bool = false) {
        self.user = user
        self.password = password
        self.isExpected = isExpected
        self.needsPermission = needsPermission
    }
}

extension LoginCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "LoginCredentials(user: \(user))" }
    package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
