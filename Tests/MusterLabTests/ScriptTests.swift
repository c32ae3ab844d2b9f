import Foundation
import Testing

@testable import MusterLab

/// Devices as data.
struct ScriptTests {
    private static let yaml = """
        sw1:
          platform: acme_os
          login: exec
          dialogue: {user: 'login: ', password: 'Password: '}
          greeting: "Welcome, {user}\\n"
          unknown: "bad: {line}\\n"
          commands: {show version: {says: "Acme 1.0\\n"}}
          modes:
            exec: {prompt: '{host}> ', commands: {enable: {asks: 'Secret: ', wants: enable, wrong: "no\\n", to: root}, quit: {ends: true}}}
            root: {prompt: "[top]\\n{host}# ", commands: {reload: {asks: 'Sure? ', says: "going\\n"}, back: {to: exec}}}
        """

    private func typist() throws -> Typist {
        Typist(script: try #require(try LabScript.devices(yaml: Self.yaml, path: "x.yaml").first?.script))
    }

    @Test func goesThroughLoginAndModes_asWritten() throws {
        var typist = try typist()
        #expect(typist.screen == "login: ")
        #expect(typist.type("admin\r") == "admin\r\nPassword: ")
        #expect(typist.type("wrong\r") == "\r\nLogin incorrect\r\nlogin: ")
        typist.type("admin\r")
        #expect(typist.type("admin\r") == "\r\nWelcome, admin\r\nr1> ")
        #expect(typist.type("show  version\r") == "show  version\r\nAcme 1.0\r\nr1> ")
        #expect(typist.type("frob x\r") == "frob x\r\nbad: frob x\r\nr1> ")
        typist.type("enable\r")
        #expect(typist.type("guess\r") == "\r\nno\r\nr1> ")
        typist.type("enable\r")
        #expect(typist.type("secret\r") == "\r\n[top]\r\nr1# ")
        #expect(typist.type("reload\r") == "reload\r\nSure? ")
        #expect(typist.type("y\r") == "y\r\ngoing\r\n[top]\r\nr1# ")
        typist.type("back\r")
        typist.type("quit\r")
        #expect(typist.closed?.byClient == true)
    }

    @Test func becomeDevicesOfThePlan_withTheirPlatforms() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString).yaml").path
        try Data(Self.yaml.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var plan = LabPlan(count: 1)
        try plan.add(scriptsIn: path)
        #expect(plan.devices.map(\.name) == ["edge-01", "sw1"])
        let text = plan.inventory(port: 22, LabConfiguration())
        #expect(text.contains("\"sw1\": {address: 127.1.0.2, platform: \"acme_os\", data:"))
        #expect(throws: LabError.self) { try plan.add(scriptsIn: path + ".gone") }
    }

    @Test(arguments: [
        ("login: exec", "login: nowhere", "there is no mode 'nowhere'"), ("to: root", "to: rood", "there is no mode 'rood'"),
        ("says: \"Acme", "say: \"Acme", "no such key 'say'"), ("wants: enable", "wants: luck", "expected password or enable"),
        ("prompt: '{host}> ', ", "", "a mode without a prompt"), ("sw1:", "- sw1:", "expected a mapping"),
    ])
    func saysWhatIsWrong(_ part: String, _ other: String, _ reason: String) {
        let yaml = Self.yaml.replacing(part, with: other, maxReplacements: 1)
        do throws(LabError) {
            _ = try LabScript.devices(yaml: yaml, path: "x.yaml")
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains("x.yaml") && "\(error)".contains(reason), "\(error)")
        }
    }
}
