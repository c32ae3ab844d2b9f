import Testing

@testable import MusterSSH

/// A server as a policy meets it: stages, each with the methods it takes and what it lets pass.
private struct Server {
    struct Stage {
        var methods: [String]
        /// The credential that passes this stage; nil for none.
        var takes: LoginAttempt?
    }

    var stages: [Stage]
    private(set) var log: [String] = []
    private var at = 0

    init(_ stages: Stage...) { self.stages = stages }

    /// The whole login; returns what was done, in order, and whether it succeeded.
    mutating func logIn(_ policy: inout LoginPolicy, withheld: Set<Int> = []) -> Bool {
        // More than any test needs: a policy that goes on for ever shows.
        for _ in 0..<40 {
            switch policy.next() {
            case .offer(let attempt):
                if let index = attempt.credential, withheld.contains(index) {
                    policy.record(.withheld("held back"), of: attempt)
                    continue
                }
                log.append("\(attempt.credential.map(String.init) ?? "-")/\(attempt.method.rawValue)")
                if stages[at].takes == attempt {
                    at += 1
                    if at == stages.count { return true }
                }
                policy.record(.refused, of: attempt)
            case .askMethods:
                log.append("?")
                policy.record(methods: stages[at].methods)
            case .reconnect:
                log.append("again")
                at = 0
                policy.reconnected()
            case .expand, .failed:
                return false
            }
        }
        Issue.record("it goes on for ever: \(log)")
        return false
    }
}

private let key = LoginCandidate(.key, name: "key")
private let password = LoginCandidate(.password, name: "password")
private let code = LoginCandidate(.code, name: "one-time code")

struct LoginPolicyTests {
    // MARK: Order, and each once

    @Test func firstCredential_isOfferedWithoutAskingForMethods() {
        var policy = LoginPolicy([password])
        #expect(policy.next() == .offer(LoginAttempt(0, .password)))
    }

    @Test func credentials_areOfferedInTheOrderConfigured() {
        var policy = LoginPolicy([key, key, password])
        var server = Server(.init(methods: ["publickey", "password"], takes: LoginAttempt(2, .password)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/publickey", "1/publickey", "2/password"])
    }

    @Test func wrongPassword_isOfferedOnce_thoughQuestionsAreTakenToo() {
        var policy = LoginPolicy([password])
        var server = Server(.init(methods: ["publickey", "password", "keyboard-interactive"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/password", "?"])
    }

    @Test func password_goesByQuestions_whenThereIsNoPasswordMethod() {
        var policy = LoginPolicy([password])
        var server = Server(
            .init(methods: ["publickey", "keyboard-interactive"], takes: LoginAttempt(0, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/password", "?", "0/keyboard-interactive"])
    }

    @Test func secondPassword_isNotRisked_beforeItIsKnownWhatBecameOfTheFirst() {
        var policy = LoginPolicy([password, password])
        var server = Server(.init(methods: ["keyboard-interactive"], takes: LoginAttempt(1, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/password", "?", "0/keyboard-interactive", "1/keyboard-interactive"])
    }

    @Test func methodThatTheServerDoesNotTake_isNotOffered() {
        var policy = LoginPolicy([password, key, key])
        var server = Server(.init(methods: ["password"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/password", "?"])
    }

    @Test func allRefused_endsWithOneQuestionForTheMethods() {
        var policy = LoginPolicy([key, password, password])
        var server = Server(.init(methods: ["publickey", "password"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/publickey", "1/password", "?", "2/password", "?"])
    }

    @Test func nothingConfigured_asksWhetherThatIsEnough() {
        var policy = LoginPolicy([])
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "password"])
        #expect(policy.next() == .failed)
        #expect(policy.failure(user: "admin").kind == .credential)
        #expect(policy.failure(user: "admin").message == "no credential for user admin; the device accepts publickey, password")
    }

    @Test func nothingConfigured_letsTheDeviceAsk_whenItTakesQuestionsOnly() {
        var policy = LoginPolicy([])
        policy.record(methods: ["keyboard-interactive"])
        #expect(policy.next() == .offer(LoginAttempt(nil, .keyboardInteractive)))
    }

    @Test func unusableCredential_isLeftOutAndNamed() {
        var policy = LoginPolicy([LoginCandidate(.unusable("wrong passphrase"), name: "public key k"), password])
        var server = Server(.init(methods: ["publickey", "password"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["1/password", "?"])
        #expect(policy.failure(user: "admin").message.contains("public key k: wrong passphrase"))
    }

    // MARK: Halves

    @Test func keyThenPassword() {
        var policy = LoginPolicy([key, password])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(0, .publicKey)),
            .init(methods: ["password"], takes: LoginAttempt(1, .password)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        // The password would have been next anyway: nothing is asked.
        #expect(server.log == ["0/publickey", "1/password"])
    }

    @Test func keyThenPassword_whenThePasswordIsConfiguredFirst() {
        var policy = LoginPolicy([password, key])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(1, .publicKey)),
            .init(methods: ["password"], takes: LoginAttempt(0, .password)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/password", "?", "1/publickey", "?", "0/password"])
    }

    @Test func keyThenWrongPassword_isRefusedForThePasswordAlone() {
        var policy = LoginPolicy([key, password])
        var server = Server(.init(methods: ["publickey"], takes: LoginAttempt(0, .publicKey)), .init(methods: ["password"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/publickey", "1/password", "?"])
        #expect(policy.takeSettled().map(\.isRefused) == [false, true])
        #expect(policy.standing == [.passed, .refused])
    }

    @Test func keyThenCode() {
        var policy = LoginPolicy([key, code])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(0, .publicKey)),
            .init(methods: ["keyboard-interactive"], takes: LoginAttempt(1, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/publickey", "1/keyboard-interactive"])
    }

    @Test func keyThenQuestions_whenNoCodeIsConfigured() {
        var policy = LoginPolicy([key])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(0, .publicKey)),
            .init(methods: ["keyboard-interactive"], takes: LoginAttempt(nil, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/publickey", "?", "-/keyboard-interactive"])
    }

    @Test func refusedKey_isNotFollowedByQuestions_whereKeysAreTaken() {
        var policy = LoginPolicy([key])
        var server = Server(.init(methods: ["publickey", "keyboard-interactive"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/publickey", "?"])
    }

    @Test func twoKeysOneAfterTheOther() {
        var policy = LoginPolicy([key, key])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(0, .publicKey)),
            .init(methods: ["publickey"], takes: LoginAttempt(1, .publicKey)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/publickey", "1/publickey"])
    }

    @Test func passwordThenQuestions_withTheSamePassword() {
        var policy = LoginPolicy([password])
        var server = Server(
            .init(methods: ["password"], takes: LoginAttempt(0, .password)),
            .init(methods: ["keyboard-interactive"], takes: LoginAttempt(0, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/password", "?", "0/keyboard-interactive"])
    }

    @Test func threeStages() {
        var policy = LoginPolicy([password, code, key])
        var server = Server(
            .init(methods: ["publickey"], takes: LoginAttempt(2, .publicKey)),
            .init(methods: ["password"], takes: LoginAttempt(0, .password)),
            .init(methods: ["keyboard-interactive"], takes: LoginAttempt(0, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn, "\(server.log)")
        #expect(server.log.filter { $0 == "0/password" }.count == 1)
    }

    // MARK: Codes

    @Test func passwordWithACode_goesByQuestionsFirst() {
        var policy = LoginPolicy([password, code])
        var server = Server(
            .init(methods: ["password", "keyboard-interactive"], takes: LoginAttempt(0, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/keyboard-interactive"])
    }

    @Test func passwordWithACode_goesAlone_whereThereAreNoQuestions() {
        var policy = LoginPolicy([password, code])
        var server = Server(.init(methods: ["password"], takes: LoginAttempt(0, .password)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["0/keyboard-interactive", "?", "0/password"])
    }

    @Test func refusedAnswers_areNotFollowedByThePasswordAlone() {
        var policy = LoginPolicy([password, code])
        var server = Server(.init(methods: ["password", "keyboard-interactive"]))
        let isIn = server.logIn(&policy)
        #expect(!isIn)
        #expect(server.log == ["0/keyboard-interactive", "?"])
    }

    @Test func codeThatIsNotAtHand_bringsTheNewConnectionBackToTheQuestion() {
        var policy = LoginPolicy([key, code])
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .offer(LoginAttempt(1, .keyboardInteractive)))
        policy.record(.gaveUp(.codeNotAtHand("Code:")), of: LoginAttempt(1, .keyboardInteractive))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .offer(LoginAttempt(1, .keyboardInteractive)))
    }

    @Test func codesThatAreNeverAtHand_endSomeTime() {
        var policy = LoginPolicy([code])
        var connections = 1
        while case .offer(let attempt) = policy.next() {
            policy.record(.gaveUp(.codeNotAtHand("Code:")), of: attempt)
            guard case .reconnect = policy.next() else { break }
            policy.reconnected()
            connections += 1
        }
        #expect(connections == 5)
        #expect(policy.next() == .failed)
    }

    // MARK: Exchanges that were given up

    @Test func unknownQuestion_failsWithItsText() {
        var policy = LoginPolicy([password])
        policy.record(.gaveUp(.unknown("Favourite colour?\n")), of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .failed)
        let error = policy.failure(user: "admin")
        #expect(error.kind == .credential)
        #expect(error.message.contains("the device asked \"Favourite colour?\" for user admin"))
    }

    @Test func unknownQuestion_leavesTheOthersTheirTurn_onANewConnection() {
        var policy = LoginPolicy([password, key])
        policy.record(.refused, of: LoginAttempt(0, .password))
        policy.record(methods: ["keyboard-interactive", "publickey"])
        #expect(policy.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
        policy.record(.gaveUp(.unknown("Colour?")), of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(1, .publicKey)))
    }

    @Test func passwordAskedForTwice_isARefusal() {
        var policy = LoginPolicy([password])
        policy.record(.gaveUp(.askedAgain("Password:")), of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .failed)
        #expect(policy.takeSettled().map(\.isRefused) == [true])
        #expect(policy.failure(user: "admin").kind == .refused)
    }

    @Test func questionsThatCannotBeRead_areAskedAnew_withoutAskingForMethods() {
        var policy = LoginPolicy([password])
        policy.record(.refused, of: LoginAttempt(0, .password))
        policy.record(methods: ["keyboard-interactive"])
        policy.record(.broken, of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(0, .password)))
        policy.record(.refused, of: LoginAttempt(0, .password))
        #expect(policy.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
        // And when that is no better, it is over.
        policy.record(.broken, of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .failed)
    }

    @Test func expiredPassword_isToldAsSuch_andNotOfferedAgain() {
        var policy = LoginPolicy([password])
        policy.record(.expired, of: LoginAttempt(0, .password))
        policy.record(methods: ["password", "keyboard-interactive"])
        #expect(policy.next() == .failed)
        #expect(policy.failure(user: "admin").message == "the password of user admin has expired")
        // It is the right one: nobody is to be kept from it.
        #expect(policy.takeSettled().map(\.isRefused) == [false])
    }

    // MARK: A server that allows a single try

    @Test func hangUpAtThePassword_isFollowedByAQuestion_andThePasswordGoesTheOtherWay() {
        var policy = LoginPolicy([password])
        #expect(policy.next() == .offer(LoginAttempt(0, .password)))
        policy.record(.hungUp("it hung up"), of: LoginAttempt(0, .password))
        #expect(policy.takeSettled().isEmpty, "what became of it is not known yet")
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "keyboard-interactive"])
        #expect(policy.takeSettled().map(\.isRefused) == [false])
        #expect(policy.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
        policy.record(.refused, of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "keyboard-interactive"])
        #expect(policy.next() == .failed)
        #expect(policy.failure(user: "admin").message.contains("(tried: keyboard-interactive);"))
    }

    @Test func hangUpAtAWrongPassword_isARefusal_andItIsNotOfferedAgain() {
        var policy = LoginPolicy([password])
        policy.record(.hungUp("it hung up"), of: LoginAttempt(0, .password))
        policy.reconnected()
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "password"])
        #expect(policy.takeSettled().map(\.isRefused) == [true])
        #expect(policy.next() == .failed)
        #expect(policy.failure(user: "admin").message.hasPrefix("user admin was refused (tried: password), and it hung up"))
    }

    @Test func hangUpAtThePassword_isToldApart_whenTheKeyBeforeItWasAccepted() {
        var policy = LoginPolicy([key, password])
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
        policy.record(.hungUp("it hung up"), of: LoginAttempt(1, .password))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["password"])
        #expect(policy.standing == [.passed, .refused])
    }

    @Test func methodsAreAskedForFirst_whenServersOfThisKindTakeNoPassword() {
        var policy = LoginPolicy([password])
        policy.askBeforePassword()
        var server = Server(.init(methods: ["keyboard-interactive"], takes: LoginAttempt(0, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(server.log == ["?", "0/keyboard-interactive"])
    }

    @Test func passwordThatIsNotTaken_isNotRepeated_whenACodeIsToBeFetched() {
        var policy = LoginPolicy([password])
        policy.record(.refused, of: LoginAttempt(0, .password))
        policy.record(methods: ["keyboard-interactive"])
        #expect(policy.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
        policy.record(.gaveUp(.codeNotAtHand("Code:")), of: LoginAttempt(0, .keyboardInteractive))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .askMethods)
        var half = policy
        policy.record(methods: ["keyboard-interactive"])
        #expect(policy.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
        // Where it was one half of the login it is wanted again.
        half.record(methods: ["password"])
        #expect(half.next() == .offer(LoginAttempt(0, .password)))
        half.record(.refused, of: LoginAttempt(0, .password))
        #expect(half.next() == .offer(LoginAttempt(0, .keyboardInteractive)))
    }

    // MARK: Withheld

    @Test func withheldCredential_makesRoomForTheNext() {
        var policy = LoginPolicy([password, password])
        var server = Server(.init(methods: ["password"], takes: LoginAttempt(1, .password)))
        let isIn = server.logIn(&policy, withheld: [0])
        #expect(isIn)
        #expect(server.log == ["1/password"])
    }

    @Test func deviceIsLeftAlone_whenAllIsWithheld() {
        var policy = LoginPolicy([password])
        var server = Server(.init(methods: ["password"]))
        let isIn = server.logIn(&policy, withheld: [0])
        #expect(!isIn)
        #expect(server.log.isEmpty)
        #expect(policy.failure(user: "admin").kind == .withheld)
        #expect(policy.failure(user: "admin").message == "not logged in to: held back")
    }

    @Test func refusalAndWithholding_areBothTold() {
        var policy = LoginPolicy([key, password])
        var server = Server(.init(methods: ["publickey", "password"]))
        let isIn = server.logIn(&policy, withheld: [1])
        #expect(!isIn)
        let error = policy.failure(user: "admin")
        #expect(error.kind == .refused)
        #expect(error.message.contains("held back"))
    }

    // MARK: Servers that make no sense

    @Test func serverThatChangesItsMindForEver_isLeftSomeTime() {
        var policy = LoginPolicy([password, key, code])
        var asked = 0
        for _ in 0..<200 {
            switch policy.next() {
            case .offer(let attempt): policy.record(.refused, of: attempt)
            case .askMethods:
                asked += 1
                policy.record(methods: [["password"], ["publickey"], ["keyboard-interactive"]][asked % 3])
            case .reconnect: policy.reconnected()
            case .expand, .failed: return
            }
        }
        Issue.record("it goes on for ever")
    }

    @Test func everyServerComesToAnEnd_andEachPasswordIsVerifiedOnce() {
        let kinds: [LoginCandidate] = [key, password, code]
        let methods = [
            ["publickey"], ["password"], ["keyboard-interactive"], ["publickey", "password"], ["password", "keyboard-interactive"],
        ]
        for first in kinds {
            for second in kinds {
                for third in kinds {
                    for one in methods {
                        for two in methods {
                            var policy = LoginPolicy([first, second, third])
                            let passes = LoginAttempt(
                                0, first.kind == .key ? .publicKey : first.kind == .code ? .keyboardInteractive : .password)
                            var server = Server(
                                .init(methods: one, takes: one.contains(passes.method.rawValue) ? passes : nil), .init(methods: two))
                            let isIn = server.logIn(&policy)
                            #expect(!isIn)
                            // By a method that the server takes, nothing is offered twice in one stage; with two stages it may be, once each.
                            let counts = Dictionary(grouping: server.log.filter { $0 != "?" }, by: \.self).mapValues(\.count)
                            #expect(counts.values.allSatisfy { $0 <= 2 }, "\(server.log)")
                        }
                    }
                }
            }
        }
    }

    // MARK: ssh_config's methods

    @Test func preferredMethods_orderTheCredentials() {
        let policy = { (preferred: [LoginMethod]) in LoginPolicy([key, password], rules: LoginRules(preferred: preferred)) }
        var policies = [policy([.publicKey, .password]), policy([.password, .publicKey]), policy([.keyboardInteractive, .publicKey])]
        let first = policies.indices.map { policies[$0].next() }
        #expect(
            first == [
                .offer(LoginAttempt(0, .publicKey)), .offer(LoginAttempt(1, .password)), .offer(LoginAttempt(1, .keyboardInteractive)),
            ])
    }

    @Test func listOfCredentials_keepsItsOrder() {
        var policy = LoginPolicy([key, password], rules: LoginRules(preferred: [.password, .publicKey], ordersCredentials: false))
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
    }

    @Test func methodThatIsForbidden_isNeverOffered() {
        var policy = LoginPolicy([key, password], rules: LoginRules(disabled: [.publicKey, .password]))
        var server = Server(
            .init(methods: ["publickey", "password", "keyboard-interactive"], takes: LoginAttempt(1, .keyboardInteractive)))
        let isIn = server.logIn(&policy)
        #expect(isIn)
        #expect(!server.log.contains { $0.hasSuffix("/password") || $0.hasSuffix("publickey") })
        var nothing = LoginPolicy([password], rules: LoginRules(preferred: []))
        var other = Server(.init(methods: ["publickey", "password"]))
        let isInAgain = other.logIn(&nothing)
        #expect(!isInAgain)
        #expect(nothing.failure(user: "admin").message.contains("ssh_config leaves out the method password and keyboard-interactive"))
    }

    // MARK: Sets of keys

    @Test func setOfKeys_isLookedIntoInItsTurn_andTakesItsPlace() {
        var policy = LoginPolicy([key, LoginCandidate(.keys, name: "the agent"), password])
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .expand(1))
        policy.expand(1, into: [LoginCandidate(.key, name: "a", isAgents: true), LoginCandidate(.key, name: "b", isAgents: true)])
        for index in [3, 4] {
            #expect(policy.next() == .offer(LoginAttempt(index, .publicKey)))
            policy.record(.refused, of: LoginAttempt(index, .publicKey))
        }
        #expect(policy.next() == .offer(LoginAttempt(2, .password)))
        policy.record(.refused, of: LoginAttempt(2, .password))
        policy.record(methods: ["publickey", "password"])
        #expect(policy.next() == .failed)
        #expect(policy.failure(user: "admin").message.hasPrefix("user admin was refused (tried: 2 keys of the agent, key, password)"))
    }

    @Test func emptySet_isPassedOver() {
        var policy = LoginPolicy([LoginCandidate(.keys, name: "the agent"), password])
        #expect(policy.next() == .expand(0))
        policy.expand(0, into: [])
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
    }

    @Test func setThatIsOfNoUse_isNamed() {
        var policy = LoginPolicy([LoginCandidate(.keys, name: "the agent")])
        #expect(policy.next() == .expand(0))
        policy.record(.unusable("it is silent", hint: "wake it"), of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey"])
        #expect(policy.next() == .failed)
        let error = policy.failure(user: "admin")
        #expect(error.message.contains("the agent: it is silent"))
        #expect(error.hint == "wake it")
    }

    @Test func lockedKey_isUnlockedWithoutAConnection_andOfferedAgain() {
        var policy = LoginPolicy([key, password])
        policy.record(.locked, of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(0, .publicKey)))
        policy.record(.unusable("wrong passphrase"), of: LoginAttempt(0, .publicKey))
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
    }

    @Test func tooManyKeys_areExplained() {
        var policy = LoginPolicy([key, LoginCandidate(.key, name: "other")])
        for index in 0...1 { policy.record(.refused, of: LoginAttempt(index, .publicKey)) }
        let error = policy.failure(user: "admin", ending: "the device disconnected: Too many authentication failures (reason 2)")
        #expect(error.hint?.contains("IdentitiesOnly") == true)
    }

    /// A set of keys of which the first is named for the device.
    private func agentAndPassword() -> LoginPolicy {
        var policy = LoginPolicy([LoginCandidate(.keys, name: "the agent"), password, key])
        #expect(policy.next() == .expand(0))
        let keys = (0..<10).map { LoginCandidate(.key, name: "k\($0)", isAgents: true, isGuess: $0 > 1) }
        policy.expand(0, into: keys)
        return policy
    }

    @Test func whatIsLeftIsOffered_whenTheServerHangsUpAtAKey() {
        var policy = agentAndPassword()
        policy.record(.refused, of: LoginAttempt(3, .publicKey))
        #expect(policy.goesOn(afterHangUpAt: LoginAttempt(4, .publicKey)))
        policy.record(.hungUp("the device disconnected"), of: LoginAttempt(4, .publicKey))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        // No other key of the agent's, for nobody said that it is this device's.
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
        policy.record(.refused, of: LoginAttempt(1, .password))
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "password"])
        #expect(policy.next() == .offer(LoginAttempt(2, .publicKey)))
        policy.record(.refused, of: LoginAttempt(2, .publicKey))
        #expect(policy.next() == .askMethods)
        policy.record(methods: ["publickey", "password"])
        #expect(policy.next() == .failed)
        let error = policy.failure(user: "admin")
        #expect(
            error.message
                == "user admin was refused (tried: 2 of 10 keys of the agent, password, key); the device accepts publickey, password; at the keys, the device disconnected"
        )
        #expect(error.hint?.contains("IdentitiesOnly") == true)
    }

    @Test func keysThatWereNamed_areOfferedStill_whenTheServerHangsUpAtAKey() {
        var policy = agentAndPassword()
        policy.record(.hungUp("gone"), of: LoginAttempt(3, .publicKey))
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(4, .publicKey)))
        policy.record(.refused, of: LoginAttempt(4, .publicKey))
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
    }

    @Test func nothingGoesOn_whenTheServerHangsUpAtTheLastCredential_orAtAPassword() {
        let policy = LoginPolicy([key])
        #expect(!policy.goesOn(afterHangUpAt: LoginAttempt(0, .publicKey)))
        var both = LoginPolicy([password, key])
        #expect(!both.goesOn(afterHangUpAt: LoginAttempt(0, .password)))
        both.record(.refused, of: LoginAttempt(0, .password))
        // What hung up after that may have counted the password.
        #expect(!both.goesOn(afterHangUpAt: nil))
    }

    @Test func hangUpAtTheQuestionForMethods_isOneAtTheKeysBefore() {
        var policy = LoginPolicy([key, password], rules: LoginRules())
        policy.record(.refused, of: LoginAttempt(0, .publicKey))
        #expect(policy.goesOn(afterHangUpAt: nil))
        policy.giveUpKeys("gone")
        #expect(policy.next() == .reconnect)
        policy.reconnected()
        #expect(policy.next() == .offer(LoginAttempt(1, .password)))
    }

    @Test func serverThatHangsUpAtEveryKey_isNotConnectedToForEver() {
        var policy = LoginPolicy(Array(repeating: key, count: 50))
        var connections = 1
        while case .offer(let attempt) = policy.next() {
            guard policy.goesOn(afterHangUpAt: attempt) else { break }
            policy.record(.hungUp("gone"), of: attempt)
            policy.reconnected()
            connections += 1
        }
        #expect(connections == 5)
    }
}
