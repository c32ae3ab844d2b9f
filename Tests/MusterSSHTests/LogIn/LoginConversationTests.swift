import Synchronization
import Testing

@testable import MusterSSH

/// What a login owes the run around it.
struct LoginConversationTests {
    private final class Services: LoginServices {
        let outcomes = Mutex<[LoginOffer]>([])
        let passwordless = Mutex<Set<String>>([])

        func permission(toOffer identity: CredentialIdentity) async -> LoginPermission { .granted }
        func settle(_ identity: CredentialIdentity, _ outcome: LoginOffer) { outcomes.withLock { $0.append(outcome) } }
        func concluded(refusedKeys: [CredentialIdentity], loggedIn: Bool) {}
        func code(for question: String) -> InteractiveAnswers.Code { .none }
        func codeWasRefused() {}
        func asksMethodsFirst(of serverVersion: String) -> Bool { passwordless.withLock { $0.contains(serverVersion) } }
        func learnt(takesPassword: Bool, of serverVersion: String) {
            if !takesPassword { passwordless.withLock { _ = $0.insert(serverVersion) } }
        }

        var settled: [LoginOffer] { outcomes.withLock { $0 } }
    }

    private let attempt = LoginAttempt(0, .password)

    /// A login at whose password the server has hung up, as the next connection gets it.
    private func hungUp(_ services: Services) async -> Login {
        let login = Login(user: "admin", credentials: [.password("hush")], services: services)
        var first = LoginConversation(login, serverVersion: "SSH-2.0-x")
        #expect(await first.begin(attempt) == .granted)
        first.record(.hungUp("it hung up"), of: attempt)
        first.goesOn()
        #expect(services.settled.isEmpty, "the next connection is to tell")
        var next = first.login
        next.reconnected()
        #expect(next.awaitsAnswer)
        return next
    }

    @Test(arguments: [(["keyboard-interactive"], LoginOffer.undecided), (["password"], .refused)])
    func hangUpAtThePassword_countsWhereTheServerTakesPasswords(methods: [String], outcome: LoginOffer) async {
        let services = Services()
        var second = LoginConversation(await hungUp(services), serverVersion: "SSH-2.0-x")
        second.record(methods: methods)
        #expect(services.settled == [outcome])
        second.end(loggedIn: false)
        #expect(services.settled == [outcome], "once for each")
    }

    @Test func hangUpAtThePassword_counts_whenThereIsNoFurtherConnection() async {
        let services = Services()
        let login = await hungUp(services)
        let error = login.abandoned()
        #expect(services.settled == [.refused])
        #expect(error.kind == .refused)
        #expect(error.message == "user admin was refused (tried: password), and it hung up")
    }

    @Test func furtherDevices_areAskedFirst_whenOneTookNoPassword() async {
        let services = Services()
        var first = LoginConversation(await hungUp(services), serverVersion: "SSH-2.0-x")
        first.record(methods: ["keyboard-interactive"])
        let login = Login(user: "admin", credentials: [.password("hush")], services: services)
        var same = LoginConversation(login, serverVersion: "SSH-2.0-x")
        #expect(same.login.policy.next() == .askMethods)
        var other = LoginConversation(login, serverVersion: "SSH-2.0-y")
        #expect(other.login.policy.next() == .offer(attempt))
    }
}
