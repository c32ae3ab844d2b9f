import MusterInventory
import Synchronization
import Testing

/// Answers questions when told to, and counts them.
private actor Oracle {
    private(set) var questions: [String] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var isOpen = false

    func ask(_ question: String) async throws -> Secret {
        questions.append(question)
        let count = questions.count
        watchers.removeAll { watcher in
            guard watcher.count <= count else { return false }
            watcher.continuation.resume()
            return true
        }
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        try Task.checkCancellation()
        return Secret("answer to \(question)")
    }

    /// Waits until so many questions were asked.
    func asked(_ count: Int) async {
        if questions.count < count { await withCheckedContinuation { watchers.append((count, $0)) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

@Suite struct SecretTests {
    @Test func nothingShowsTheText_whenASecretIsPrinted() throws {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump([SecretSource.plain(secret)], to: &dumped)
        dump(InventoryHost(name: "r1", password: .plain(secret)), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(SecretSource.plain(secret))",
            String(reflecting: SecretSource.plain(secret)), "\([secret: [secret]])", "\(Optional(secret) as Any)", dumped,
            "\(try Inventory.parse("hosts: {r1: {password: hunter2, enable: hunter2}}"))",
            "\(SecretError(source: .plain(secret), message: "x"))", String(reflecting: SecretError(source: .plain(secret), message: "x")),
        ]
        for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
        #expect("\(secret)" == "<secret>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.reveal() == "hunter2")
    }

    @Test func oneQuestionIsAsked_whenManyDevicesNeedTheSameSecret() async throws {
        let oracle = Oracle()
        let resolver = SecretResolver(ask: { try await oracle.ask($0) })
        let secrets = try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<500 { group.addTask { try await resolver.resolve(.prompt("TACACS")) } }
            group.addTask { try await resolver.resolve(.prompt("LOCAL")) }
            await oracle.asked(2)
            await oracle.open()
            return try await group.reduce(into: [Secret: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(secrets == [Secret("answer to TACACS"): 500, Secret("answer to LOCAL"): 1])
        #expect(await oracle.questions.sorted() == ["LOCAL", "TACACS"])
    }

    @Test func theNextOneTakesOver_whenTheOneWhoAsksIsCancelled() async throws {
        let oracle = Oracle()
        let resolver = SecretResolver(ask: { try await oracle.ask($0) })
        try await withThrowingTaskGroup(of: Secret.self) { others in
            await withThrowingTaskGroup(of: Secret.self) { first in
                first.addTask { try await resolver.resolve(.prompt("TACACS")) }
                await oracle.asked(1)
                others.addTask { try await resolver.resolve(.prompt("TACACS")) }
                first.cancelAll()
                await oracle.open()
                await #expect(throws: CancellationError.self) { try await first.next() }
            }
            let answer = try await others.next()
            #expect(answer == Secret("answer to TACACS"))
        }
        #expect(await oracle.questions.count == 2)
    }

    @Test func theOthersStillGetTheAnswer_whenOneWhoWaitsIsCancelled() async throws {
        let oracle = Oracle()
        let resolver = SecretResolver(ask: { try await oracle.ask($0) })
        try await withThrowingTaskGroup(of: Secret.self) { leader in
            leader.addTask { try await resolver.resolve(.prompt("TACACS")) }
            await oracle.asked(1)
            await withThrowingTaskGroup(of: Secret.self) { waiter in
                waiter.addTask { try await resolver.resolve(.prompt("TACACS")) }
                waiter.cancelAll()
                // Ends although no answer is there yet.
                await #expect(throws: CancellationError.self) { try await waiter.next() }
            }
            await oracle.open()
            let answer = try await leader.next()
            #expect(answer == Secret("answer to TACACS"))
        }
    }

    @Test func questionsAreAskedOneByOneInOrder_whenHostsShareThem() async throws {
        let oracle = Oracle()
        await oracle.open()
        let resolver = SecretResolver(ask: { try await oracle.ask($0) })
        let text =
            "defaults: {password: {prompt: A}}\nhosts: {r1: {enable: {prompt: B}}, r2: {passphrase: {prompt: C}}, r3: {enable: {env: NONE}}}"
        try await resolver.answerPrompts(of: try Inventory.parse(text).hosts)
        #expect(await oracle.questions == ["A", "B", "C"])
        #expect(try await resolver.resolve(.prompt("B")) == Secret("answer to B"))
        #expect(await oracle.questions.count == 3)
    }

    @Test func aFailureIsShared_whenASourceHasNoSecret() async throws {
        let counter = Counter()
        let resolver = SecretResolver(environment: { _ in counter.count() })
        for _ in 0..<3 {
            let error = await #expect(throws: SecretError.self) { try await resolver.resolve(.environment("NET_PASSWORD")) }
            #expect(error?.description == "the environment variable 'NET_PASSWORD' is not set; export it before the run")
        }
        #expect(counter.calls == 1)
    }

    @Test func anEmptyVariableIsAnError_whenASecretIsExpected() async throws {
        let resolver = SecretResolver(environment: { $0 == "SET" ? "pw" : "" })
        #expect(try await resolver.resolve(.environment("SET")) == Secret("pw"))
        let error = await #expect(throws: SecretError.self) { try await resolver.resolve(.environment("EMPTY")) }
        #expect(error?.message == "the environment variable 'EMPTY' is empty")
    }

    @Test func aPromptIsAnError_whenThereIsNoOneToAsk() async throws {
        let error = await #expect(throws: SecretError.self) { try await SecretResolver().resolve(.prompt("TACACS")) }
        #expect(error?.hint == "use {env: NAME}, {file: PATH} or {command: [pass, show, x]}")
    }

    @Test func theFirstLineIsTheSecret_whenAFileHoldsIt() async throws {
        try await withTemporaryFolder { folder in
            let resolver = SecretResolver()
            try write("pass word \r\nsecond\n", to: folder + "/a")
            try write("\nsecond\n", to: folder + "/b")
            #expect(try await resolver.resolve(.file(folder + "/a")).reveal() == "pass word ")
            let empty = await #expect(throws: SecretError.self) { try await resolver.resolve(.file(folder + "/b")) }
            #expect(empty?.message == "the first line of '\(folder)/b' is empty or not UTF-8; expected a secret")
            let missing = await #expect(throws: SecretError.self) { try await resolver.resolve(.file(folder + "/c")) }
            #expect(missing?.message == "can't read '\(folder)/c': No such file or directory")
        }
    }

    @Test func oneChildIsStarted_whenManyDevicesNeedTheSameCommand() async throws {
        try await withTemporaryFolder { folder in
            let resolver = SecretResolver()
            // Each start leaves a line; the words reach the command as they are, `$(…)` and all.
            let words = ["/bin/sh", "-c", "echo start >> \"$0\"; printf '%s\\nrest\\n' \"$1\"", folder + "/log", "a b$(id)*"]
            try await withThrowingTaskGroup(of: Secret.self) { group in
                for _ in 0..<50 { group.addTask { try await resolver.resolve(.command(words)) } }
                for try await secret in group { #expect(secret.reveal() == "a b$(id)*") }
            }
            #expect(try await resolver.resolve(.file(folder + "/log")).reveal() == "start")
            let lines = try await resolver.resolve(.command(["grep", "-c", "start", folder + "/log"]))
            #expect(lines.reveal() == "1")
        }
    }

    @Test(arguments: [
        (["sh", "-c", "echo hunter2; echo no such entry >&2; exit 3"], "the command 'sh' ended with status 3: no such entry"),
        (["sh", "-c", "kill -9 $$"], "the command 'sh' was killed by signal 9"),
        (["true"], "the command 'true' printed an empty first line, or one that is not UTF-8; expected a secret"),
        (["muster-no-such-command"], "the command 'muster-no-such-command' was not found"),
        (["/nonexistent/pass"], "the command '/nonexistent/pass' was not found"),
        (["sh", "-c", "yes hunter2"], "the command 'sh' printed more than 65536 bytes; expected a secret"),
    ])
    func theReasonIsTold_whenACommandFails(_ words: [String], _ message: String) async throws {
        let error = await #expect(throws: SecretError.self) { try await SecretResolver().resolve(.command(words)) }
        #expect(error?.message == message)
    }

    @Test func aCommandIsKilled_whenItsTimeIsOver() async throws {
        let resolver = SecretResolver(commandTimeout: .milliseconds(50))
        let error = await #expect(throws: SecretError.self) { try await resolver.resolve(.command(["sleep", "1000"])) }
        #expect(error?.message == "the command 'sleep' printed nothing within 0.05 seconds and was killed")
    }
}

private final class Counter: Sendable {
    private let state = Mutex(0)

    func count() -> String? {
        state.withLock { $0 += 1 }
        return nil
    }

    var calls: Int { state.withLock { $0 } }
}
