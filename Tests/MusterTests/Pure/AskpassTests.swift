import MusterInventory
import Testing

@testable import Muster

/// What `ssh` asks, and what it is told.
struct AskpassTests {
    static let prompts: [(String, String, AskpassPrompt)] = [
        ("netops@192.0.2.1's password: ", "", .password(login: "netops@192.0.2.1")),
        ("(netops@r1) Password: ", "", .question(login: "netops@r1", text: "Password: ")),
        ("Password: ", "", .question(login: nil, text: "Password: ")),
        ("(netops@r1) Verification code: ", "", .question(login: "netops@r1", text: "Verification code: ")),
        ("Enter passphrase for key '/keys/one': ", "", .passphrase(key: "/keys/one")),
        ("Enter PIN for ED25519-SK key /keys/sk: ", "", .pin(key: "ED25519-SK key /keys/sk")),
        ("Confirm user presence for key ED25519-SK SHA256:x", "none", .notice("Confirm user presence for key ED25519-SK SHA256:x")),
        (
            "The authenticity of host 'r1' can't be established.\nAre you sure (yes/no/[fingerprint])? ", "",
            .confirmation("The authenticity of host 'r1' can't be established.\nAre you sure (yes/no/[fingerprint])? ")
        ),
        ("Allow it?", "confirm", .confirmation("Allow it?")),
    ]

    @Test(arguments: prompts) func promptIsTold_byItsText(text: String, kind: String, expected: AskpassPrompt) {
        #expect(AskpassPrompt(text: text, kind: kind) == expected)
    }

    private func answers(password: String? = Hush.password, passphrases: [String: Secret] = [:]) -> AskpassAnswers {
        AskpassAnswers(
            logins: [
                .init(user: "jump", host: "bastion", password: Secret("hush-bastion")),
                .init(user: "netops", host: "R1.Example", password: password.map { Secret($0) }),
            ], passphrases: passphrases)
    }

    private func code(_ verdict: AskpassAnswers.Verdict) -> MusterError.Code? {
        failure(verdict)?.code
    }

    private func failure(_ verdict: AskpassAnswers.Verdict) -> OpenSSHFailure? {
        switch verdict {
        case .stop(let failure), .refused(let failure): failure
        default: nil
        }
    }

    private func isRefusal(_ verdict: AskpassAnswers.Verdict) -> Bool {
        if case .refused = verdict { true } else { false }
    }

    @Test func passwordIsToldOnce() {
        var answers = answers()
        #expect(answers.verdict(.password(login: "netops@r1.example")) == .offer(answers.logins[1]))
        #expect(code(answers.verdict(.password(login: "netops@r1.example"))) == .authentication)
        #expect(code(answers.verdict(.question(login: "netops@r1.example", text: "Password: "))) == .authentication)
    }

    @Test func eachGetsItsOwnPassword() {
        var answers = answers()
        #expect(answers.verdict(.password(login: "jump@bastion")) == .offer(answers.logins[0]))
        #expect(answers.verdict(.question(login: nil, text: "Password:")) == .offer(answers.logins[1]))
        #expect(code(answers.verdict(.password(login: "netops@evil"))) == .credential)
    }

    @Test func noPasswordIsACredentialError() {
        var answers = answers(password: nil)
        #expect(code(answers.verdict(.password(login: "netops@r1.example"))) == .credential)
    }

    @Test func passphraseIsToldOnceForEachKey() {
        var answers = answers(passphrases: ["/one": Secret(Hush.passphrase), "/two": Secret("hush-two")])
        #expect(answers.verdict(.passphrase(key: "/one")) == .answer(Secret(Hush.passphrase)))
        #expect(answers.verdict(.passphrase(key: "/two")) == .answer(Secret("hush-two")))
        #expect(answers.verdict(.passphrase(key: "/one")) == .refuse)
        #expect(answers.verdict(.passphrase(key: "/three")) == .unlock(key: "/three"))
        answers.staysLocked("/three")
        #expect(answers.keyTrouble.last == "the key /three is encrypted, and there is no passphrase")
        #expect(answers.verdict(.passphrase(key: "/three")) == .refuse)
    }

    @Test(arguments: ["Verification code: ", "One-time password: ", "Enter PASSCODE: "])
    func codeIsAskedForOnce_ofEachUser(text: String) {
        var answers = answers()
        #expect(answers.verdict(.question(login: "netops@r1.example", text: text)) == .ask(text, user: "netops"))
        #expect(answers.verdict(.question(login: "jump@bastion", text: text)) == .ask(text, user: "jump"))
        #expect(AskpassAnswers.unanswered(text).message.contains(text.dropLast()))
        let again = answers.verdict(.question(login: "netops@r1.example", text: text))
        #expect(isRefusal(again))
        #expect(code(again) == .authentication)
        #expect(failure(again)?.message.contains(text.dropLast()) == true)
    }

    @Test func codeIsAskedForOnceForEachLogin_whenSSHDoesNotSayWhoAsks() {
        var answers = answers()
        #expect(answers.verdict(.question(login: nil, text: "Code: ")) == .ask("Code: ", user: "netops"))
        #expect(answers.verdict(.question(login: nil, text: "Code: ")) == .ask("Code: ", user: "netops"))
        #expect(isRefusal(answers.verdict(.question(login: nil, text: "Code: "))))
    }

    @Test func codeGoesBehindThePassword_whenAQuestionIsForBoth() {
        let text = "Password & verification code: "
        var answers = answers()
        #expect(
            answers.verdict(.question(login: "netops@r1.example", text: text)) == .offerWithCode(answers.logins[1], question: text))
        #expect(isRefusal(answers.verdict(.question(login: "netops@r1.example", text: text))))
        var without = self.answers(password: nil)
        #expect(code(without.verdict(.question(login: "netops@r1.example", text: text))) == .credential)
    }

    @Test(arguments: ["New password: ", "Retype new password: ", "Retype password: "])
    func nothingIsTold_whenThePasswordHasExpired(text: String) {
        var answers = answers()
        _ = answers.verdict(.question(login: "netops@r1.example", text: "Password: "))
        let verdict = answers.verdict(.question(login: "netops@r1.example", text: text))
        #expect(code(verdict) == .authentication)
        // The password itself was right.
        #expect(!isRefusal(verdict))
        #expect(failure(verdict)?.message.contains("has expired: the device asked \"\(text.dropLast())\"") == true)
    }

    @Test(arguments: ["Continue? [y/n] ", "Choose a context: "])
    func nothingIsTold_whenTheQuestionIsForSomethingElse(text: String) {
        var answers = answers()
        let verdict = answers.verdict(.question(login: "netops@r1.example", text: text))
        #expect(code(verdict) == .credential)
        #expect(failure(verdict)?.message.contains("the device asked \"\(text.dropLast())\"") == true)
    }

    @Test func bothGetTheirs_whenABastionLooksLikeTheDevice() {
        let outer = AskpassAnswers.Login(user: "netops", host: "r1", password: Secret("hush-outer"))
        let inner = AskpassAnswers.Login(user: "netops", host: "r1", password: Secret("hush-inner"))
        var answers = AskpassAnswers(logins: [outer, inner])
        #expect(answers.verdict(.password(login: "netops@r1")) == .offer(outer))
        #expect(answers.verdict(.password(login: "netops@r1")) == .offer(inner))
        #expect(code(answers.verdict(.password(login: "netops@r1"))) == .authentication)
    }

    @Test func passwordsAreToldOneAfterTheOther_whenThereAreSeveral() {
        let login = AskpassAnswers.Login(user: "netops", host: "r1", password: Secret("hush-1"), further: [Secret("hush-2")])
        var answers = AskpassAnswers(logins: [.init(user: "jump", host: "bastion", password: nil), login])
        #expect(answers.verdict(.question(login: "netops@r1", text: "Password: ")) == .offer(login.telling(0)))
        #expect(answers.verdict(.password(login: "netops@r1")) == .offer(login.telling(1), isAnother: true))
        #expect(login.telling(1).password == Secret("hush-2"))
        let verdict = answers.verdict(.password(login: "netops@r1"))
        #expect(isRefusal(verdict))
        #expect(failure(verdict)?.message.contains("(tried: 2 passwords)") == true)
    }

    @Test func nothingIsConfirmed() {
        var answers = answers()
        #expect(code(answers.verdict(.confirmation("Are you sure (yes/no)? "))) == .hostKey)
    }

    @Test func requestSurvivesTheWire() {
        let request = AskpassRequest(token: "a-b", kind: "", text: "line one\nline two: ")
        #expect(AskpassRequest(bytes: request.bytes) == request)
        #expect(AskpassRequest(bytes: []) == nil)
        #expect(AskpassRequest(bytes: Array("\0\0x".utf8)) == nil)
        #expect(AskpassRequest.secret(in: AskpassRequest.reply(Secret("x"))) == Array("x".utf8))
        #expect(AskpassRequest.secret(in: AskpassRequest.reply(Secret(""))) == [])
        #expect(AskpassRequest.secret(in: []) == nil)
    }
}
