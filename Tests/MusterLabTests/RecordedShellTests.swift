import Foundation
import Testing

@testable import MusterLab

/// Devices that are made of recordings.
struct RecordedShellTests {
    /// What is typed and printed, as lines of a recording.
    private static func recording(_ lines: [String], platform: String = "huawei_vrp", transport: String = "ssh") -> [UInt8] {
        Array(
            (["{\"muster_recording\":1,\"host\":\"sw 1\",\"transport\":\"\(transport)\",\"platform\":\"\(platform)\"}"] + lines).map {
                $0 + "\n"
            }.joined().utf8)
    }

    private static let session = recording([
        #"{"t":0,"d":"in","b":"\r\nUsername:"}"#, #"{"t":0,"d":"out","b":"netops\n"}"#, #"{"t":0,"d":"in","b":"netops\r\nPassword:"}"#,
        #"{"t":0,"d":"out","b":"REDACTED\n"}"#, #"{"t":0,"d":"in","b":"\r\nWelcome\r\n<sw1>"}"#,
        #"{"t":0,"mark":"opened","prompt":"<sw1>","mode":"user"}"#,
        #"{"t":0,"d":"out","b":"screen-length 0\ndisplay clock\n"}"#,
        #"{"t":0,"d":"in","b":"screen-length 0\r\nInfo: done\r\n<sw1>display clock\r\n10:00 \udcff\r\n<sw1>"}"#,
        #"{"t":0,"mark":"result","id":1,"command":"display clock","output":"10:00 \udcff","mode":"user","prompt":"<sw1>"}"#,
        #"{"t":0,"d":"out","b":"display log\n"}"#, #"{"t":0,"d":"in","b":"display log\r\none\r\n---- More ----"}"#,
        #"{"t":0,"d":"out","b":" "}"#, #"{"t":0,"d":"in","b":"\u001b[42D  \u001b[42Dtwo\r\n<sw1>"}"#,
        #"{"t":0,"d":"out","b":"display clock\n"}"#, #"{"t":0,"d":"in","b":"display clock\r\n10:01\r\n<sw1>"}"#,
        #"{"t":0,"d":"out","b":"dispaly\n"}"#, #"{"t":0,"d":"in","b":"dispaly\r\nError: Unrecognized command 'dispaly'\r\n<sw1>"}"#,
        #"{"t":0,"mark":"result","id":2,"command":"dispaly","output":"Error: Unrecognized command 'dispaly'","failure":"Error: Unrecognized command 'dispaly'","mode":"user","prompt":"<sw1>"}"#,
        #"{"t":0,"mark":"closing"}"#, #"{"t":0,"d":"out","b":"quit\n"}"#, #"{"t":0,"mark":"ended","how":"closed_here"}"#,
    ])

    private struct Screen {
        var shell: LabRecordedShell
        var typed: [String] = []
        var isClosed = false
        var status: Int32?

        init(_ bytes: [UInt8], command: String? = nil) throws {
            shell = LabRecordedShell(try LabRecording(bytes, path: "t"), command: command)
        }

        mutating func type(_ text: String) -> String {
            shell.receive(text.utf8)
            var output: [UInt8] = []
            while let step = shell.next() {
                switch step {
                case .write(let bytes): output += bytes
                case .typed(let line): typed.append(line)
                case .close(let status, _): (isClosed, self.status) = (true, status)
                default: break
                }
            }
            return String(decoding: output, as: UTF8.self)
        }

        mutating func logIn() {
            _ = type("")
            _ = type("someone\n")
            _ = type("anything\n")
        }
    }

    @Test func goesThroughTheLogin_withAnyNameAndPassword() throws {
        var screen = try Screen(Self.session)
        #expect(screen.type("") == "\r\nUsername:")
        _ = screen.type("other\n")
        #expect(screen.type("whatever\n") == "\r\nWelcome\r\n<sw1>")
    }

    @Test func answersInTheRecordedOrder_andFromTheBeginningAgain() throws {
        var screen = try Screen(Self.session)
        screen.logIn()
        #expect(screen.type("display clock\n") == "display clock\r\n10:00 \u{FFFD}\r\n<sw1>")
        #expect(screen.type("display clock\r\n") == "display clock\r\n10:01\r\n<sw1>")
        #expect(screen.type("display clock\r\n") == "display clock\r\n10:00 \u{FFFD}\r\n<sw1>")
        #expect(screen.typed.suffix(3) == ["display clock", "display clock", "display clock"])
    }

    @Test func answersEachLine_whenTheyAreTypedAhead() throws {
        var screen = try Screen(Self.session)
        screen.logIn()
        #expect(
            screen.type("screen-length 0\ndisplay clock\n")
                == "screen-length 0\r\nInfo: done\r\n<sw1>display clock\r\n10:00 \u{FFFD}\r\n<sw1>")
    }

    @Test func stopsAtThePager_untilItsKeyIsPressed() throws {
        var screen = try Screen(Self.session)
        screen.logIn()
        #expect(screen.type("display log\n") == "display log\r\none\r\n---- More ----")
        #expect(screen.type("x") == "")
        #expect(screen.type(" ") == "\u{1B}[42D  \u{1B}[42Dtwo\r\n<sw1>")
    }

    @Test func rejectsInTheDevicesWords_whatWasNeverTyped() throws {
        var screen = try Screen(Self.session)
        screen.logIn()
        #expect(screen.type("reboot fast\n") == "reboot fast\r\nError: Unrecognized command 'reboot fast'\r\n<sw1>")
        #expect(screen.type("\n") == "\r\n<sw1>")
        var plain = try Screen(Self.recording([##"{"t":0,"d":"in","b":"# "}"##]))
        _ = plain.type("")
        #expect(plain.type("x\n") == "x\r\n% Invalid input: 'x' is not in the recording\r\n# ")
    }

    @Test func goesOn_whenItsQuestionsToTheTerminalAreAnswered() throws {
        let session = Self.recording([
            #"{"t":0,"d":"in","b":"\u001b[c\u001b[6n"}"#, #"{"t":0,"d":"out","b":"\u001b[?1;0c\u001b[1;1R"}"#,
            #"{"t":0,"d":"in","b":"\r\n[a] > \u001b[6n"}"#, #"{"t":0,"d":"out","b":"\u001b[1;7R\n"}"#,
            #"{"t":0,"d":"in","b":"\r\n[a] > "}"#, #"{"t":0,"mark":"opened","prompt":"[a] > ","mode":"cli"}"#,
            #"{"t":0,"d":"out","b":"print\n"}"#, #"{"t":0,"d":"in","b":"print\r\nx\r\n[a] > "}"#,
        ])
        var screen = try Screen(session)
        #expect(screen.type("") == "\u{1B}[c\u{1B}[6n")
        #expect(screen.type("\u{1B}[?1;0c") == "")
        // Another terminal.
        #expect(screen.type("\u{1B}[3;1R") == "\r\n[a] > \u{1B}[6n")
        #expect(screen.type("\u{1B}[3;7R") == "")
        #expect(screen.type("\n") == "\r\n[a] > ")
        #expect(screen.type("print\n") == "print\r\nx\r\n[a] > ")
        #expect(screen.typed.last == "print")
    }

    @Test func ends_whenTheRecordingDid() throws {
        var screen = try Screen(Self.session)
        screen.logIn()
        _ = screen.type("quit\n")
        #expect(screen.isClosed)
        var single = try Screen(Self.session, command: "display clock")
        #expect(single.type("") == "10:00 \u{FFFD}\r\n")
        #expect(single.isClosed)
    }

    private static let commands = recording(
        [
            #"{"t":0,"mark":"exec","id":1,"command":"uname"}"#, #"{"t":0,"d":"in","b":"Linux\n"}"#,
            #"{"t":0,"mark":"result","id":1,"command":"uname","output":"Linux","status":0,"mode":"","prompt":""}"#,
            #"{"t":0,"mark":"exec","id":2,"command":"false"}"#,
            #"{"t":0,"mark":"result","id":2,"command":"false","output":"","failure":"exit status 3","status":3,"mode":"","prompt":""}"#,
            #"{"t":0,"mark":"exec","id":3,"command":"sleep 9"}"#, #"{"t":0,"d":"in","b":"begun"}"#,
            #"{"t":0,"mark":"failed","id":3,"why":"command_timeout"}"#,
        ], platform: "linux")

    @Test(arguments: [
        ("uname", "Linux\n", Int32(0)), ("false", "", 3), ("sleep 9", "% Invalid input: 'sleep 9' is not in the recording\r\n", 1),
    ])
    func answersOverExecChannels_withTheRecordedStatus(_ command: String, _ output: String, _ status: Int32) throws {
        var screen = try Screen(Self.commands, command: command)
        #expect(screen.type("") == output)
        #expect(screen.status == status)
    }

    @Test func closesTheShell_whenThereWasNone() throws {
        var screen = try Screen(Self.commands)
        #expect(screen.type("") == "")
        #expect(screen.isClosed)
    }

    @Test func becomesADeviceOfThePlan_withItsPlatformAndTransport() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(Self.session).write(to: URL(filePath: folder + "/a.jsonl"))
        try Data(Self.recording([], transport: "telnet")).write(to: URL(filePath: folder + "/b.jsonl"))
        var plan = LabPlan(count: 1)
        try plan.add(recordingsIn: folder)
        #expect(plan.devices.map(\.name) == ["edge-01", "sw 1", "b"])
        #expect(plan.usesTelnet)
        let text = plan.inventory(port: 22, telnetPort: 23, LabConfiguration())
        #expect(text.contains("\"sw 1\": {address: 127.1.0.2, platform: \"huawei_vrp\", data:"))
        #expect(text.contains("\"b\": {address: 127.1.0.3, platform: \"huawei_vrp\", transport: telnet, port: 23, data:"))
    }

    @Test func saysWhereAndWhat_whenAFileIsNoRecording() throws {
        #expect(throws: LabError.self) { try LabRecording(Array("hosts:".utf8), path: "t") }
        do throws(LabError) {
            _ = try LabRecording(Self.recording(["{\"t\":0", "{}"]), path: "t.jsonl")
            Issue.record("it was read")
        } catch {
            #expect(error.description == "recording 't.jsonl', line 2: expected a line of JSON")
        }
    }
}
