import MusterInventory
import MusterSSH

/// Decides what ssh is told when it asks for secrets.
///
/// Each password and code is told once: who is asked again knows that they were refused, and another try would count against the account.
struct AskpassAnswers: Sendable {
    /// Who logs in where, as ssh writes it, and with what.
    struct Login: Sendable, Equatable {
        var user: String
        /// `user@host`.
        var name: String
        var password: Secret?
        /// What is told next when that was refused.
        var further: [Secret] = []

        /// ssh writes the host in lower case, and shortens what is long.
        init(user: String, host: String, password: Secret?, further: [Secret] = []) {
            self.user = user
            name = "\(user.prefix(30))@\(host.lowercased().prefix(128))"
            self.password = password
            self.further = further
        }

        /// The same, with nothing left to tell but the password at this place.
        func telling(_ number: Int) -> Login {
            var copy = self
            copy.password = number == 0 ? password : further[number - 1]
            copy.further = []
            return copy
        }
    }

    /// What is done about a question.
    enum Verdict: Sendable, Equatable {
        case answer(Secret)
        /// This login's password, which it has, if it may be offered; the one before may have been refused.
        case offer(Login, isAnother: Bool = false)
        /// The passphrase of a key, which somebody else may know.
        case unlock(key: String)
        /// No answer; ssh goes on with what else it has.
        case refuse
        /// The password, if it may be offered, and right behind it the code that the question asks for.
        case offerWithCode(Login, question: String, isAnother: Bool = false)
        /// Somebody else may know: a person, for a one-time password of a user.
        case ask(String, user: String)
        /// No answer, and ssh is to be ended before it sends an empty one.
        case stop(OpenSSHFailure)
        /// The same, and what was told before is refused.
        case refused(OpenSSHFailure)
        case notice(String)
    }

    /// In the order in which they are asked for: the bastions', and the device's last.
    var logins: [Login]
    /// By the key file's path.
    var passphrases: [String: Secret]
    /// What came to light of keys, to be said when the login fails: ssh itself keeps silent about a wrong passphrase.
    private(set) var keyTrouble: [String] = []
    /// How often each has been told.
    private var told: [String: Int] = [:]

    init(logins: [Login], passphrases: [String: Secret] = [:]) {
        self.logins = logins
        self.passphrases = passphrases
    }

    mutating func verdict(_ prompt: AskpassPrompt) -> Verdict {
        switch prompt {
        case .notice(let text): return .notice(text)
        case .confirmation(let text):
            return .stop(
                OpenSSHFailure(
                    .hostKey, .hostKey, "ssh wants to be told yes or no, which Muster never does by itself: \"\(Self.shown(text))\"",
                    hint: "use --host-keys to say what is done about unknown keys"))
        case .passphrase(let key):
            // ssh shows the first hundred bytes of a path.
            guard let passphrase = passphrases.first(where: { $0.key == key || $0.key.utf8.prefix(100).elementsEqual(key.utf8) })?.value
            else { return count(key) == 0 ? .unlock(key: key) : .refuse }
            guard count(key) == 0 else { return .refuse }
            keyTrouble.append("the passphrase of the key \(Self.shown(key)) was of no use")
            return .answer(passphrase)
        case .pin(let key):
            return .ask("PIN for \(key)", user: logins.last?.user ?? "")
        case .password(let login): return password(of: login, question: "password")
        case .question(let login, let text):
            return interactive(text, of: login)
        }
    }

    /// What is done about a keyboard-interactive question; it is answered as in a login by libssh2.
    private mutating func interactive(_ text: String, of login: String?) -> Verdict {
        let name = login ?? logins.last?.name ?? ""
        let user = (logins.first { $0.name == login } ?? logins.last)?.user ?? ""
        switch InteractivePrompt(text) {
        case .password:
            return password(of: name, question: Self.shown(text))
        case .passwordAndCode:
            let verdict = password(of: name, question: Self.shown(text))
            guard case .offer(let login, let isAnother) = verdict else { return verdict }
            return .offerWithCode(login, question: text, isAnother: isAnother)
        case .code:
            // An old ssh does not tell who asks, and may speak for each of them.
            let most = login == nil ? logins.count : logins.count { $0.name == name }
            guard count("code of \(name)") < max(most, 1) else {
                return .refused(
                    OpenSSHFailure(
                        .authentication, .authenticate, "\(Self.shown(name)) was refused: the device asked \"\(Self.shown(text))\" again",
                        hint: "check the one-time code"))
            }
            return .ask(text, user: user)
        case .newPassword:
            return .stop(
                OpenSSHFailure(
                    .authentication, .authenticate,
                    "the password of \(Self.shown(name)) has expired: the device asked \"\(Self.shown(text))\"",
                    hint: "log in to the device by hand once and set a new one"))
        case .unknown:
            return .stop(
                OpenSSHFailure(
                    .credential, .authenticate,
                    "the device asked \"\(Self.shown(text))\", and only questions for a password or a one-time code are answered",
                    hint: "log in by hand once to see what the device wants"))
        }
    }

    private mutating func password(of name: String, question: String) -> Verdict {
        // A bastion and the device may look alike.
        let candidates = logins.filter { $0.name == name }
        guard let first = candidates.first else {
            return .stop(
                OpenSSHFailure(
                    .credential, .authenticate, "ssh asked for the password of \(Self.shown(name)), whom Muster does not know",
                    hint: "does ~/.ssh/config change the user or the host?"))
        }
        let times = count(name)
        // Which of two that look alike asks again cannot be told, so that each is told one.
        let offers = candidates.count > 1 ? candidates.map { $0.telling(0) } : (0...first.further.count).map { first.telling($0) }
        let login = times < offers.count ? offers[times] : first
        guard login.password != nil else {
            return .stop(
                OpenSSHFailure(
                    .credential, .authenticate, "\(Self.shown(name)) is asked for a password (\"\(question)\"), and there is none",
                    hint: "set password for the device, or use --ask-password"))
        }
        guard times < offers.count else {
            let tried = offers.count > 1 && candidates.count == 1 ? "\(offers.count) passwords" : "password"
            return .refused(
                OpenSSHFailure(
                    .authentication, .authenticate, "\(Self.shown(name)) was refused (tried: \(tried)), and is asked for it again",
                    hint: "check the user name and the password"))
        }
        return .offer(login, isAnother: times > 0 && candidates.count == 1)
    }

    /// Takes in that nobody knows a key's passphrase.
    mutating func staysLocked(_ key: String) {
        keyTrouble.append("the key \(Self.shown(key)) is encrypted, and there is no passphrase")
    }

    /// The failure for a question that nobody answers.
    static func unanswered(_ question: String) -> OpenSSHFailure {
        OpenSSHFailure(
            .authentication, .authenticate, "the device asked \"\(shown(question))\", and there is nobody to answer",
            hint: "a question that is not for the password needs a terminal")
    }

    /// How often it has been told before.
    private mutating func count(_ name: String) -> Int {
        defer { told[name, default: 0] += 1 }
        return told[name, default: 0]
    }

    private static func shown(_ text: String) -> String {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.escapedForMessage(limit: 200)
    }
}
