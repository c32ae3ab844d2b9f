import Testing

@testable import MusterLab

struct LabTelnetTests {
    private func typed(_ wire: inout LabTelnetWire, _ bytes: [UInt8]) -> String {
        String(decoding: wire.receive(bytes), as: UTF8.self)
    }

    /// What a device says, and what it does beside, when these lines are typed.
    private func dialogue(_ platform: LabPlatform, _ faults: [LabTelnetFault] = [], typing lines: [String]) -> (
        String, [LabTelnetLogin.Step]
    ) {
        let device = LabDevice("r1", address: "127.1.0.1", platform: platform, faults: faults.map { .telnet($0) })
        var login = LabTelnetLogin(device: device, user: "admin", password: "s3cret")
        var said = ""
        var others: [LabTelnetLogin.Step] = []
        for line in [nil] + lines.map(Optional.init) {
            if let line { login.receive(Array((line + "\r").utf8)) }
            while let step = login.next() {
                if case .write(let bytes) = step { said += String(decoding: bytes, as: UTF8.self) } else { others.append(step) }
            }
        }
        return (said, others)
    }

    @Test func lineEndsAreReturns_andOptionsAreNoKeys() {
        var wire = LabTelnetWire()
        #expect(typed(&wire, Array("a\r\nb\r\0c\rd\n".utf8)) == "a\rb\rc\rd\n")
        #expect(typed(&wire, [255, 251, 31, 255, 250, 31, 1, 255, 255, 3, 232, 255, 240, 101, 255, 255]) == "e\u{FFFD}")
        #expect(wire.terminal?.columns == 511)
        #expect(wire.terminal?.rows == 1000)
        #expect(typed(&wire, [255, 251, 24]) == "")
        #expect(wire.takeAnswers() == [255, 250, 24, 1, 255, 240])
        #expect(typed(&wire, [255, 250, 24, 0] + Array("vt100".utf8) + [255, 240]) == "")
        #expect(wire.terminalName == "vt100")
        _ = typed(&wire, [255, 253, 5, 255, 251, 39])
        #expect(wire.takeAnswers() == [255, 252, 5, 255, 254, 39])
    }

    @Test func asksLikeARouter() {
        let (said, others) = dialogue(.ciscoIOSXE, typing: ["admin", "s3cret"])
        #expect(said == "\r\n\r\nUser Access Verification\r\n\r\nUsername: admin\r\nPassword: \r\n\r\n")
        #expect(others == [.tried, .admitted])
    }

    @Test func refusesThreeTimes_andHangsUp() {
        let (said, others) = dialogue(.juniperJunos, typing: ["admin", "a", "admin", "b", "root", "s3cret"])
        #expect(others == [.tried, .refused, .tried, .refused, .tried, .refused, .closed])
        #expect(said.split(separator: "Login incorrect").count == 4)
    }

    @Test func asksForLess_whenToldSo() {
        #expect(dialogue(.frr, [.passwordOnly], typing: ["s3cret"]).1 == [.tried, .admitted])
        #expect(dialogue(.linux, [.userOnly], typing: ["admin"]).1 == [.tried, .admitted])
        #expect(dialogue(.linux, [.noLogin], typing: []).1 == [.admitted])
        let (said, _) = dialogue(.ciscoIOSXE, [.pressAnyKey, .echoesPassword], typing: [])
        #expect(said == "Press any key to continue")
    }

    @Test func showsThePassword_whenItIsToEchoIt() {
        #expect(dialogue(.aristaEOS, [.echoesPassword], typing: ["admin", "s3cret"]).0.contains("Password: s3cret\r\n"))
    }

    @Test func faultsHaveATextForm() throws {
        for fault in LabTelnetFault.allCases {
            let text = try #require(LabFault.telnet(fault).text)
            guard case .telnet(fault) = try LabFault(text) else {
                Issue.record("\(text) is read as another")
                continue
            }
        }
        #expect(throws: LabError.self) { try LabFault("telnet=nonsense") }
    }

    @Test func inventoriesSayWhoUsesTelnet() throws {
        var plan = LabPlan(count: 3, platforms: [.ciscoIOSXE])
        #expect(plan.useTelnet(on: "edge-02") == 1)
        let text = plan.inventory(port: 2222, telnetPort: 2323, LabConfiguration())
        let lines = text.split(separator: "\n").filter { $0.contains("transport: telnet, port: 2323") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("edge-02:") == true)
    }
}
