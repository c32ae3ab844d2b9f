import Dispatch
import MusterInventory
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A pseudo-terminal: the test holds the person's end.
private final class Person: Sendable {
    let device: String
    private let end: Int32
    /// Kept open, so that the person's end can be read before and after the prompt has the device open.
    private let keeper: Int32

    init() throws {
        var ends: (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 1024)
        try #require(openpty(&ends.0, &ends.1, &name, nil, nil) == 0)
        (end, keeper) = ends
        device = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        close(keeper)
        close(end)
    }

    /// Reads what the terminal shows, until it ends with `text`.
    func sees(_ text: String) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "person").async { [end] in
                var shown: [UInt8] = []
                var byte: UInt8 = 0
                while !shown.reversed().starts(with: text.utf8.reversed()), read(end, &byte, 1) == 1 { shown.append(byte) }
                continuation.resume(returning: String(decoding: shown, as: UTF8.self))
            }
        }
    }

    func types(_ bytes: [UInt8]) {
        _ = write(end, bytes, bytes.count)
    }

    /// Whether the terminal echoes what is typed, and edits lines itself.
    var isInOrder: Bool {
        var settings = termios()
        return tcgetattr(keeper, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0 && settings.c_lflag & tcflag_t(ICANON) != 0
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct TerminalPromptTests {
    @Test func theAnswerIsUnseen_whenAPersonTypesIt() async throws {
        let person = try Person()
        let prompt = TerminalPrompt(path: person.device)
        async let answer = prompt.ask("TACACS password")
        #expect(await person.sees(": ") == "TACACS password: ")
        #expect(!person.isInOrder)
        // Control-U clears, backspace takes one character, whatever its length.
        person.types(Array("wrong\u{15}hunté\u{7F}er3\u{7F}2\r".utf8))
        #expect(try await answer.reveal() == "hunter2")
        #expect(await person.sees("\n") == "\r\n")
        #expect(person.isInOrder)
    }

    @Test func theTerminalIsPutInOrder_whenTheTaskIsCancelled() async throws {
        let person = try Person()
        let prompt = TerminalPrompt(path: person.device)
        await withThrowingTaskGroup(of: Secret.self) { group in
            group.addTask { try await prompt.ask("TACACS password") }
            _ = await person.sees(": ")
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(person.isInOrder)
    }

    @Test func questionsAreAskedOneAfterTheOther_whenTheyComeTogether() async throws {
        let person = try Person()
        let prompt = TerminalPrompt(path: person.device)
        try await withThrowingTaskGroup(of: String.self) { group in
            for name in ["A", "B"] { group.addTask { name + "=" + (try await prompt.ask(name)).reveal() } }
            let first = await person.sees(": ")
            person.types(Array("one\n".utf8))
            let second = await person.sees(": ")
            person.types(Array("two\n".utf8))
            let answers = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(first.hasSuffix("A: ") ? answers == ["A=one", "B=two"] : answers == ["B=one", "A=two"], "\(first) \(second)")
        }
    }

    @Test func noAnswerIsAnError_whenControlDIsPressed() async throws {
        let person = try Person()
        let prompt = TerminalPrompt(path: person.device)
        async let answer = prompt.ask("TACACS password")
        _ = await person.sees(": ")
        person.types([4])
        do {
            _ = try await answer
            Issue.record("there should be no answer")
        } catch let error as SecretError {
            #expect(error.message == "no answer to 'TACACS password'")
        }
        #expect(person.isInOrder)
    }

    @Test func theHintNamesOtherSources_whenThereIsNoTerminal() async throws {
        for path in ["/dev/null", "/nonexistent"] {
            let error = await #expect(throws: SecretError.self) { try await TerminalPrompt(path: path).ask("TACACS password") }
            #expect(
                error?.description == "can't ask 'TACACS password': there is no terminal; "
                    + "use {env: NAME}, {file: PATH} or {command: [pass, show, x]}")
        }
    }
}
