import MusterTransport
import Testing

@testable import MusterConsole

/// Instructions of a definition, one at a time, over a console in memory.
struct InstructionTests {
    /// A device that asks for a password before it saves.
    private func device() -> ScriptedTransport {
        ScriptedTransport(greeting: "\r\nr1#") { line in
            switch line {
            case "save": "save\r\nSecret word: "
            case "hush": "\r\nsaved\r\nr1#"
            default: "\(line)\r\nr1#"
            }
        }
    }

    private func perform(_ instruction: Instruction, secrets: [String: String]) async throws -> Result<Exchange?, ConsoleError> {
        let transport = device()
        let platform = try #require(Platform.builtIn(named: "cisco_iosxe"))
        let console = Console(transport: transport, platform: platform, secrets: secrets)
        return await withTaskGroup(of: Result<Exchange?, ConsoleError>?.self) { group in
            group.addTask {
                do throws(ConsoleError) {
                    try await console.open(deadline: transport.loop.now + .seconds(15))
                    return .success(try await console.perform(instruction, timeout: .seconds(5)))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    await transport.testingLoop.advanceTime(by: .milliseconds(10))
                    await Task.yield()
                }
                return nil
            }
            var result: Result<Exchange?, ConsoleError>?
            while let next = await group.next() {
                if let next { result = next }
                group.cancelAll()
            }
            guard let result else { preconditionFailure("the first task always returns") }
            return result
        }
    }

    @Test func questionIsAnsweredWithTheSecret() async throws {
        let instruction = Instruction.sendPrompted("save", question: .exact("Secret word:"), response: .secret("vault"))
        let exchange = try await perform(instruction, secrets: ["vault": "hush"]).get()
        #expect(exchange?.text.hasSuffix("saved") == true, "\(exchange?.text ?? "none")")
        #expect(exchange?.failure == nil)
    }

    @Test func nothingIsTyped_whenTheSecretIsMissing() async throws {
        let instruction = Instruction.sendPrompted("save", question: .exact("Secret word:"), response: .secret("vault"))
        let result = try await perform(instruction, secrets: [:])
        guard case .failure(let error) = result else {
            Issue.record("no error")
            return
        }
        #expect(error.kind == .secretMissing("vault"))
    }

    @Test func commandHasItsAnswer_andAModeHasNone() async throws {
        let exchange = try await perform(.send("show x"), secrets: [:]).get()
        #expect(exchange?.command == "show x")
        #expect(try await perform(.enterMode("privileged_exec"), secrets: [:]).get() == nil)
    }
}
