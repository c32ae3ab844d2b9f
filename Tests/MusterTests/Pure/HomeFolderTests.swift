import Foundation
import MusterInventory
import MusterSSH
import Testing

@testable import Muster

/// One home folder, wherever Muster looks for something of the user's.
struct HomeFolderTests {
    /// In a process of its own, whose environment it changes.
    @Test func pinsGoToTheHomeThatTheEnvironmentNames() async {
        await #expect(processExitsWith: .exitCode(7)) {
            setenv("HOME", "/nonexistent/home", 1)
            guard HomeFolder.path == "/nonexistent/home", HomeFolder.isMoved else { exit(1) }
            let store = try await HostKeyStore.load(for: [], files: [])
            guard store.file.path == "/nonexistent/home/.ssh/known_hosts" else { exit(2) }
            var options = RunOptions()
            options.openSSH.program = "/bin/false"
            var device = Device(name: "r1", address: "192.0.2.1", port: 22, platform: "linux", user: "me", identities: [])
            device.transport = .openssh
            device.ssh.openSSHLines = []
            guard let environment = try await OpenSSHEnvironment.open(for: [device], options: options) else { exit(3) }
            let hop = try await environment.hop(to: device, as: device.openSSHLogins(hasAgent: false)[0], pins: nil)
            guard hop.knownHostsFiles.first == "/nonexistent/home/.ssh/known_hosts" else { exit(4) }
            guard environment.fileForPins(of: device) == hop.knownHostsFiles.first else { exit(5) }
            setenv("HOME", "", 1)
            guard let system = HomeFolder.path, !HomeFolder.isMoved else { exit(6) }
            exit(environment.fileForPins(of: device) == "\(system)/.ssh/known_hosts" ? 7 : 8)
        }
    }
}
