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

    // MARK: In a dialogue

    private func begun(_ instruction: Instruction, secrets: [String: String] = [:]) throws -> Dialogue {
        var device = try Dialogue.iosxeReady(secrets: secrets)
        device.machine.perform(instruction, id: 9, deadline: device.now + .seconds(30), now: device.now)
        device.says("")
        return device
    }

    @Test func writtenCommandIsNotWaitedFor() throws {
        var device = try begun(.write("copy running-config startup-config"))
        #expect(device.takeTyped() == "copy running-config startup-config\n")
        device.says("copy running-config startup-config\r\nThis takes a while\r\n")
        device.pause(.milliseconds(499))
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(1))
        #expect(try device.takeExchange().text == "This takes a while")
        device.submit("show clock")
        device.says("done\r\nr1#show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func writtenCommandEndsAtItsPrompt_andMayHaveKeysInIt() throws {
        var device = try begun(.write("\u{1A}"))
        #expect(device.takeTyped() == "\u{1A}\n")
        device.says("\r\nr1#")
        device.pause(.seconds(1))
        _ = try device.takeExchange()
        #expect(!device.machine.isBroken)
    }

    @Test func promptedCommandIsAnsweredOnce_andItsSecretShownToNobody() throws {
        var device = try begun(
            .sendPrompted("save", question: .exact("Secret word:"), response: .secret("vault")), secrets: ["vault": "hush"])
        device.says("save\r\nSecret word: ")
        #expect(device.takeTyped() == "save\nhush\n")
        device.says("hush\r\nsaved with hush\r\nr1#")
        #expect(try device.takeExchange().text.contains("saved with <secret>"))
    }

    @Test func promptedCommandNeedNotAsk() throws {
        var device = try begun(.sendPrompted("save", question: .exact("Sure?"), response: .literal("y")))
        device.says("save\r\n[OK]\r\nr1#")
        #expect(try device.takeExchange().text == "[OK]")
        #expect(device.takeTyped() == "save\n")
    }

    @Test func farewellAnswersItsQuestion_unlessTheAnswerIsASecret() throws {
        func yaml(_ response: String) -> String {
            """
            prompt_pattern: '^dev>$'
            modes: [{name: cli, prompt_exact: 'dev>'}]
            on_close_instructions:
              - send_prompted_input: {input: logout, prompt_exact: 'Save?', response: \(response)}
            """
        }
        for (response, typed) in [("n", "logout\nn\n"), ("__lookup::x", "logout\n")] {
            var device = Dialogue.ready(try Platform.load(yaml: yaml(response), name: "x", file: "x.yaml"), prompt: "dev>")
            device.machine.close(now: device.now)
            device.says("")
            #expect(device.takeTyped() == typed)
        }
        let problems = Platform.read(yaml: yaml("__lookup::x"), name: "x", file: "x.yaml").problems
        #expect(problems.first?.description.contains("x.yaml:4") == true, "\(problems)")
        #expect(Platform.read(yaml: yaml("n"), name: "x", file: "x.yaml").problems.isEmpty)
    }
}
