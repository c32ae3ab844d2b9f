import MusterTransport
import Synchronization
import Testing

@testable import MusterConsole

#if canImport(Glibc)
    import Glibc
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct OverflowTests {
    private func device(limit: Int, platform: String = "cisco_iosxe") throws -> Dialogue {
        var device = Dialogue(try #require(Platform.builtIn(named: platform)), maximumOutput: limit, handsOutOverflow: true)
        device.start()
        device.says("r1#")
        device.says("\r\nr1#")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        device.pause(.seconds(1))
        return device
    }

    private func lines(_ count: Int) -> String {
        (0..<count).map { "line \($0) of an output that is longer than memory\n" }.joined()
    }

    // MARK: The machine

    @Test(arguments: [100, 5000, 70_000, 200_000])
    func handsOutAllOfIt_andKeepsItsBeginning(limit: Int) throws {
        var device = try device(limit: limit)
        let text = lines(8000)
        device.submit("show tech")
        var handed: [UInt8] = []
        device.says("show tech\r\n")
        var rest = Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)[...]
        while !rest.isEmpty {
            device.says(Array(rest.prefix(7001)))
            rest = rest.dropFirst(7001)
            for piece in device.machine.takeOverflow() { handed += piece }
            #expect(device.machine.screen.text.count <= limit)
        }
        device.says("\r\nr1#")
        device.pause(.milliseconds(10))
        let exchange = try device.takeExchange()
        for piece in device.machine.takeOverflow() { handed += piece }
        #expect(exchange.truncated)
        #expect(exchange.output == Array(text.utf8.prefix(limit)))
        #expect(String(decoding: handed, as: UTF8.self) == String(text.dropLast()))
        #expect(exchange.size == text.utf8.count - 1)
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
        #expect(device.machine.takeOverflow().isEmpty)
    }

    @Test(arguments: [100, 5000, 70_000])
    func takesATypedSecretOut_whereverThePiecesAreCut(limit: Int) throws {
        let text = (0..<3000).map { "line \($0) hunter2-hunter2hunter2-hunter2 hunter2\n" }.joined()
        for piece in [1, 7, 4099, 30_001] where piece > 1 || limit == 100 {
            var device = try device(limit: limit)
            device.submit("copy it", answers: [AnsweredQuestion(pattern: try Pattern("phrase"), answer: "hunter2-hunter2", isSecret: true)])
            device.says("copy it\r\nThe phrase? ")
            device.pause(.milliseconds(100))
            #expect(device.takeTyped().hasSuffix("hunter2-hunter2\n"))
            device.says("hunter2-hunter2\r\n")
            var handed: [UInt8] = []
            var rest = Array(text.prefix(piece == 1 ? 20_000 : text.count).utf8)[...]
            while !rest.isEmpty {
                device.says(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                for piece in device.machine.takeOverflow() { handed += piece }
            }
            device.says("\r\nr1#")
            device.pause(.milliseconds(100))
            let exchange = try device.takeExchange()
            for piece in device.machine.takeOverflow() { handed += piece }
            let whole = String(decoding: handed, as: UTF8.self)
            #expect(!whole.contains("hunter2-hunter2"))
            #expect(whole.contains("line 7 <secret><secret> hunter2\n") && whole.hasPrefix("The phrase? <secret>\n"))
            #expect(exchange.size == handed.count)
            #expect(!exchange.text.contains("hunter2-hunter2"))
        }
    }

    @Test func takesASecretOutOfLaterOutput_whereItIsNoCommonWord() throws {
        for (secret, isShown) in [("hunter2-hunter2", false), ("cisco", true)] {
            var device = try device(limit: 1000)
            let answer = AnsweredQuestion(pattern: try Pattern("^Password:"), answer: secret)
            device.submit("copy it", answers: [answer])
            device.says("copy it\r\nPassword: ")
            device.pause(.milliseconds(100))
            device.says("\r\nsent \(secret)\r\nr1#")
            #expect(try device.takeExchange().text.hasSuffix("sent <secret>"))
            device.submit("show history")
            device.says("show history\r\n copy \(secret) WS-C2960\r\nr1#")
            #expect(try device.takeExchange().text == " copy \(isShown ? secret : "<secret>") WS-C2960")
        }
    }

    @Test func handsOutNothing_whenItFits() throws {
        var device = try device(limit: 100)
        device.submit("show clock")
        device.says("show clock\r\n")
        device.says(String(repeating: "x", count: 98) + "\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(!exchange.truncated)
        #expect(device.machine.takeOverflow().isEmpty)
    }

    @Test func findsTheRejection_atTheEndOfALongOutput() throws {
        var device = try device(limit: 100)
        device.submit("commit")
        device.says("commit\r\n" + lines(5000).replacingOccurrences(of: "\n", with: "\r\n") + "% Invalid input detected\r\nr1#")
        device.pause(.milliseconds(10))
        #expect(try device.takeExchange().failure == "% Invalid input detected")
    }

    @Test func leavesThePromptsUpperLinesOut() throws {
        let yaml = "modes: [{name: a, prompt_pattern: '^\\[edit\\]\\ndev#$'}]"
        let platform = try Platform.load(yaml: yaml, name: "x", file: "x.yaml")
        var device = Dialogue(platform, maximumOutput: 1000, handsOutOverflow: true)
        device.start()
        device.says("[edit]\r\ndev#")
        device.says("\r\n[edit]\r\ndev#")
        device.submit("show")
        device.says("show\r\n" + lines(5000).replacingOccurrences(of: "\n", with: "\r\n") + "[edit]\r\ndev#")
        device.pause(.milliseconds(10))
        _ = try device.takeExchange()
        let handed = device.machine.takeOverflow().flatMap { $0 }
        #expect(String(decoding: handed, as: UTF8.self) == String(lines(5000).dropLast()))
    }

    @Test func drops_whenNobodyTakesIt() throws {
        var device = Dialogue(try #require(Platform.builtIn(named: "generic")), maximumOutput: 1000)
        device.start()
        device.says("dev#")
        device.pause(.seconds(1))
        device.says("\r\ndev#")
        device.submit("show")
        device.says("show\r\n" + lines(50_000).replacingOccurrences(of: "\n", with: "\r\n") + "dev#")
        device.pause(.milliseconds(10))
        #expect(try device.takeExchange().truncated)
        #expect(device.machine.takeOverflow().isEmpty)
    }

    // MARK: The file

    private func temporaryFolder() -> String {
        var template = Array("/tmp/muster-test-XXXXXX".utf8CString)
        mkdtemp(&template)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func finished(_ file: OutputFile) async -> Result<String, OutputProblem> {
        await withCheckedContinuation { continuation in file.finish { continuation.resume(returning: $0) } }
    }

    @Test func writesInOrder_forItsOwnerAlone() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = OutputFile(in: OutputFolder(folder + "/new"), named: "../r1/eth 0")
        for number in 0..<1000 { file.write(Array("\(number)\n".utf8)) }
        let path = try await finished(file).get()
        #expect(path == folder + "/new/_.-r1-eth-0.txt")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == (0..<1000).map { "\($0)\n" }.joined())
        for (path, mode) in [(path, 0o600), (folder + "/new", 0o700)] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
        }
        let second = OutputFile(in: OutputFolder(folder + "/new"), named: "../r1/eth 0")
        second.write([0x61])
        #expect(try await finished(second).get() == folder + "/new/_.-r1-eth-0-2.txt")
    }

    @Test func saysWhy_whenItCannotBeWritten() async throws {
        let file = OutputFile(in: OutputFolder("/proc/nowhere"), named: "r1")
        file.write([0x61])
        file.write([0x62])
        guard case .failure(let problem) = await finished(file) else {
            Issue.record("a file in /proc was written")
            return
        }
        #expect(problem.text.contains("/proc/nowhere"))
    }

    @Test func endsWithAProblem_whenTheDiskIsFull() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = OutputFile(in: OutputFolder(folder), named: "r1") { _ in open("/dev/full", O_WRONLY) }
        file.write([0x61])
        guard case .failure(let problem) = await finished(file) else {
            Issue.record("a full disk took it")
            return
        }
        #expect(problem.text.contains("No space left"))
    }
}
