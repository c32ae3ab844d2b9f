import Foundation
import Muster
import Testing

@testable import MusterLab

/// A definition whose expression takes too long on what a device prints.
@Suite(.timeLimit(.minutes(5))) struct SlowExpressionLoopbackTests {
    @Test func failsAndSaysWhichExpression_whenTheVerdictIsNotKnown() async throws {
        let line = String(repeating: "aaaaaaaa ", count: 12) + "!x>!"
        let yaml = "d1: {commands: {show it: {says: \"\(line)\\n\"}, show clock: {says: \"noon\\n\"}}, modes: {exec: {prompt: 'd1> '}}}"
        var lab = LabDevice("d1", address: "127.1.0.1")
        lab.script = try #require(try LabScript.devices(yaml: yaml, path: "d1.yaml").first?.script)
        try await withBench([lab]) { bench in
            let definition = "\(bench.folder)/slow_os.yaml"
            try Data(
                #"{default_mode: exec, modes: [{name: exec, prompt_pattern: '^d1>\s?$'}], muster: {failure_patterns: ['^(\w+\s?)*x>$']}}"#
                    .utf8
            ).write(to: URL(fileURLWithPath: definition))
            var device = bench.device(lab)
            device.platform = definition
            let result = try await bench.run(["show clock", "show it", "show clock"], on: [device]).result("d1")
            #expect(result.commands.map(\.status) == [.ok, .failed, .skipped])
            #expect(result.status == .failed)
            #expect(result.error?.code == .definition && result.error?.phase == .command)
            #expect(result.error?.message.contains(#"/^(\w+\s?)*x>$/"#) == true, "\(String(describing: result.error))")
            #expect(result.error?.hint?.contains("platforms lint") == true)
            #expect(result.commands[1].output == line)
        }
    }
}
