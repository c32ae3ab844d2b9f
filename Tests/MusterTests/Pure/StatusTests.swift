import Testing

@testable import Muster

struct StatusTests {
    private func status(_ code: MusterError.Code?, _ commands: [CommandResult.Status] = []) -> DeviceResult.Status {
        DeviceWorker.status(
            error: code.map { MusterError($0, phase: .command, device: "r1", message: "") },
            commands: commands.map { CommandResult(command: "show version", status: $0) })
    }

    @Test func okOrFailed_whenThereIsNoError() {
        #expect(status(nil) == .ok)
        #expect(status(nil, [.ok, .ok]) == .ok)
        #expect(status(nil, [.ok, .failed, .ok]) == .failed)
    }

    @Test(arguments: [
        (MusterError.Code.unknownHost, DeviceResult.Status.unreachable), (.connection, .unreachable), (.handshake, .unreachable),
        (.noCommonAlgorithm, .unreachable), (.hostKey, .unreachable), (.authentication, .unreachable), (.credential, .unreachable),
        (.channel, .unreachable), (.connectionLost, .unreachable), (.prompt, .timeout), (.timeout, .timeout), (.cancelled, .cancelled),
        (.skipped, .skipped), (.privilege, .failed), (.usage, .failed), (.definition, .failed),
        (MusterError.Code(rawValue: "of_tomorrow"), .unreachable),
    ])
    func followsTheError_whenThereIsOne(code: MusterError.Code, expected: DeviceResult.Status) {
        #expect(status(code) == expected)
        // What the commands came to changes nothing.
        #expect(status(code, [.ok, .failed, .skipped]) == expected)
    }
}
