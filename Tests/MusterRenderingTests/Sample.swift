import Foundation
import Muster

enum Sample {
    static let noon = Date(timeIntervalSince1970: 1_769_860_800.123)

    static func ok(_ host: String, _ commands: [CommandResult] = [version], elapsed: Duration = .milliseconds(532)) -> DeviceResult {
        DeviceResult(
            host: host, address: "192.0.2.1", port: 22, platform: "arista_eos", status: .ok, started: noon, elapsed: elapsed,
            commands: commands)
    }

    static func rejected(_ host: String, _ failure: String = "% Invalid input") -> DeviceResult {
        var result = ok(
            host, [CommandResult(command: "show versoin", status: .failed, output: "> show versoin\n\(failure)\n", failure: failure)])
        result.status = .failed
        return result
    }

    static func unreachable(
        _ host: String, address: String = "192.0.2.9", message: String = "no answer", hint: String? = nil,
        status: DeviceResult.Status = .unreachable
    ) -> DeviceResult {
        DeviceResult(
            host: host, address: address, port: 22, platform: "arista_eos", status: status, started: noon, elapsed: .seconds(15),
            commands: [CommandResult(command: "show version", status: .skipped)],
            error: MusterError(.connection, phase: .connect, device: host, message: message, hint: hint))
    }

    static let version = CommandResult(
        command: "show version", status: .ok, output: "Arista vEOS\nuptime 3 days\n", elapsed: .milliseconds(21), mode: "privileged_exec",
        prompt: "leaf-01#")
}
