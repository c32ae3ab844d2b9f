import MusterInventory
import Synchronization
import Testing

/// Answers questions with numbers, and keeps the questions.
private final class Person: Sendable {
    private let questions = Mutex<[String]>([])
    let time = Mutex(Duration.zero)

    var asked: [String] { questions.withLock { $0 } }

    func codes(window: Duration = .seconds(25)) -> OneTimeCodes {
        OneTimeCodes(
            window: window, now: { self.time.withLock { $0 } },
            ask: { question in
                self.questions.withLock { questions in
                    questions.append(question)
                    return Secret("\(100000 + questions.count)")
                }
            })
    }
}

@Suite struct OneTimeCodeTests {
    private let origin = OneTimeCodes.Origin.question("Code:", user: "admin")

    private func isAtHand(_ origin: OneTimeCodes.Origin, _ codes: OneTimeCodes) -> Bool {
        if case .success = codes.atHand(origin) { true } else { false }
    }

    @Test func nobodyIsAsked_beforeACodeIsWanted() {
        let person = Person()
        let codes = person.codes()
        guard case .failure(.notFetched) = codes.atHand(origin) else {
            Issue.record("expected a code to be fetched first")
            return
        }
        #expect(person.asked.isEmpty)
    }

    @Test func oneQuestionIsAsked_whenHundredsWantTheCode() async throws {
        let person = Person()
        let codes = person.codes()
        let all = try await withThrowingTaskGroup(of: Secret.self) { group in
            for number in 0..<500 { group.addTask { try await codes.fetch(origin, for: "r\(number)") } }
            return try await group.reduce(into: Set<Secret>()) { $0.insert($1) }
        }
        #expect(all == [Secret("100001")])
        #expect(person.asked.count == 1)
        #expect(person.asked[0].hasSuffix("asks admin: Code:"))
    }

    @Test func codeIsNotReused_whenItIsOld() async throws {
        let person = Person()
        let codes = person.codes()
        let code1 = try await codes.fetch(origin, for: "r1")
        #expect(code1 == Secret("100001"))
        person.time.withLock { $0 = .seconds(24) }
        #expect(isAtHand(origin, codes))
        person.time.withLock { $0 = .seconds(25) }
        #expect(!isAtHand(origin, codes))
        let code2 = try await codes.fetch(origin, for: "r2")
        #expect(code2 == Secret("100002"))
        #expect(isAtHand(origin, codes))
    }

    @Test func refusedCode_isForgotten_butNotTheOneThatCameAfter() async throws {
        let person = Person()
        let codes = person.codes()
        let first = try await codes.fetch(origin, for: "r1")
        codes.forget(first, of: origin)
        #expect(!isAtHand(origin, codes))
        _ = try await codes.fetch(origin, for: "r1")
        codes.forget(first, of: origin)
        #expect(isAtHand(origin, codes))
    }

    @Test func eachUserAndQuestion_hasACodeOfItsOwn() async throws {
        let person = Person()
        let codes = person.codes()
        _ = try await codes.fetch(origin, for: "r1")
        #expect(!isAtHand(.question("Code:", user: "root"), codes))
        #expect(!isAtHand(.question("PIN:", user: "admin"), codes))
    }

    @Test func commandIsRunAnew_whenTheCodeIsOld() async throws {
        try await withTemporaryFolder { folder in
            let time = Mutex(Duration.zero)
            let codes = OneTimeCodes(now: { time.withLock { $0 } })
            let script = "echo x >> \(folder)/runs; wc -l < \(folder)/runs | tr -d ' '"
            let source = OneTimeCodes.Origin.source(.command(["sh", "-c", script]))
            let code3 = try await codes.fetch(source, for: "r1")
            #expect(code3 == Secret("1"))
            let code4 = try await codes.fetch(source, for: "r2")
            #expect(code4 == Secret("1"))
            time.withLock { $0 = .seconds(30) }
            let code5 = try await codes.fetch(source, for: "r3")
            #expect(code5 == Secret("2"))
        }
    }

    @Test func personIsNotAskedAgain_whoGaveNoAnswer() async throws {
        let count = Mutex(0)
        let codes = OneTimeCodes(ask: { question in
            count.withLock { $0 += 1 }
            throw SecretError(source: .prompt(question), message: "no answer")
        })
        for _ in 0..<3 { await #expect(throws: SecretError.self) { try await codes.fetch(origin, for: "r1") } }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func nobodyToAsk_isKnownAtOnce() {
        guard case .failure(.nobodyToAsk) = OneTimeCodes().atHand(origin) else {
            Issue.record("expected nobody to ask")
            return
        }
    }
}
