import MusterTransport
import Testing

@testable import MusterConsole

/// Prompts that a command changes into something that the definition does not know.
struct NewPromptTests {
    private func generic(_ prompt: String) throws -> Dialogue {
        var device = try Dialogue("generic")
        device.start()
        device.says(prompt)
        device.pause(.seconds(1))
        device.says("\r\n" + prompt)
        _ = device.takeTyped()
        return device
    }

    @Test(arguments: [
        ("r1(config)#", "hostname core9", "core9(config)#"), ("r1#", "configure terminal", "r1(config)#"), ("r1>", "enable", "r1#"),
        ("user@r1> ", "configure", "user@r1# "), ("<HUAWEI>", "sysname ams-1", "<ams-1>"), ("<HUAWEI>", "system-view", "[HUAWEI]"),
        ("u@h:~$ ", "sudo -s", "root@h:~# "), ("u@h:~$ ", "cd /etc", "u@h:/etc$ "),
    ])
    func isProvedByAReturn(before: String, command: String, after: String) throws {
        var device = try generic(before)
        device.submit(command)
        #expect(device.takeTyped() == command + "\n")
        device.says("\(command)\r\nSome words\r\n\(after)")
        device.pause(.milliseconds(999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "\n")
        #expect(!device.hasAnswer)
        device.says("\r\n\(after)")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "Some words")
        #expect(exchange.prompt == after)
        #expect(device.takeTyped() == "")
        #expect(device.machine.notes.first?.contains("'\(after)'") == true)
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\n\(after)")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func isProvedByTheSameBlock_whenItHasLinesAboveIt() throws {
        var device = try generic("user@r1> ")
        device.submit("configure")
        device.says("configure\r\nEntering configuration mode\r\n\r\n[edit]\r\nuser@r1# ")
        device.pause(.seconds(1))
        for _ in 0..<2 {
            #expect(device.takeTyped().hasSuffix("\n"))
            #expect(!device.hasAnswer)
            device.says("\r\n\r\n[edit]\r\nuser@r1# ")
            device.pause(.seconds(1))
        }
        let exchange = try device.takeExchange()
        #expect(exchange.text == "Entering configuration mode\n\n[edit]")
        #expect(exchange.prompt == "user@r1# ")
    }

    @Test func isNoPrompt_whenTheOutputGoesOn() throws {
        var device = try generic("r1#")
        device.submit("show log")
        device.says("show log\r\nr2#")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "show log\n\n")
        // The device was only slow, and takes the return for an empty command.
        device.says(" is up\r\nlast line\r\nr1#")
        device.says("\r\nr1#")
        #expect(try device.takeExchange().text == "r2# is up\nlast line")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
        #expect(device.machine.strays == [])
    }

    @Test func staysInStep_whenTheReturnIsAnsweredInOneBurstWithTheEnd() throws {
        var device = try generic("r1#")
        device.submit("show log")
        device.says("show log\r\nr2#")
        device.pause(.seconds(1))
        device.says(" is up\r\nr1#\r\nr1#")
        device.pause(.seconds(1))
        #expect(try device.takeExchange().text == "r2# is up")
        #expect(device.machine.promptText == "r1#")
    }

    @Test(arguments: ["Overwrite r1#? ", "r1: continue [y/n]", "r1 password:", "50%", "Enter a value >", "r1", "-->"])
    func nothingIsTyped_whenTheLineHasNotThePromptsShape(line: String) throws {
        var device = try generic("r1#")
        device.submit("upgrade", timeout: .seconds(1000))
        _ = device.takeTyped()
        device.says("upgrade\r\n\(line)")
        device.pause(.milliseconds(1900))
        #expect(device.takeTyped() == "")
        #expect(!device.hasAnswer)
    }

    @Test func isBoundedByTheCommandsTime_whenItNeverComesAgain() throws {
        var device = try generic("r1#")
        device.submit("hostname r2", timeout: .seconds(10))
        device.says("hostname r2\r\nr2#")
        device.pause(.seconds(1))
        device.says("\r\nr3#")
        device.pause(.seconds(1))
        device.says("\r\nr4#")
        device.pause(.seconds(20))
        #expect(device.takeTyped() == "hostname r2\n\n\n\n")
        #expect(try device.takeError().kind == .commandTimeout)
    }

    @Test func isProved_whenTheDefinitionKnowsNoSuchPrompt() throws {
        let yaml = "prompt_pattern: '^r1#$'\nmodes: [{name: cli, prompt_exact: 'r1#'}]\n"
        var device = Dialogue.ready(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"), prompt: "r1#")
        device.submit("hostname r2")
        device.says("hostname r2\r\nr2#")
        device.pause(.seconds(1))
        device.says("\r\nr2#")
        device.pause(.seconds(1))
        let exchange = try device.takeExchange()
        #expect(exchange.prompt == "r2#")
        #expect(exchange.mode == "unknown")
    }
}
