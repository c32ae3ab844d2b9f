import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Devices that fall silent in the middle of a command, at the end of a way that goes on to confirm what it gets.
@Suite(.timeLimit(.minutes(5))) struct DeadPeerLoopbackTests {
    enum Way: CaseIterable {
        case bastion, twoBastions, proxyCommand
    }

    @Test(arguments: Way.allCases) func deadDeviceIsFound_behind(_ way: Way) async throws {
        let hops = (1...2).map { LabDevice("hop\($0)", address: "127.5.0.\($0)", platform: .linux) }
        let valve = Valve()
        try await withOpenSSHServer { server in
            try await withLoopbackServer { connection in
                relay(connection, toPort: server.port, valve: valve)
            } _: { front in
                try await withBench(hops, waits: true) { bench in
                    var device = Device(
                        name: "far", address: "127.0.0.1", port: front.port, platform: "linux", user: server.user,
                        identities: [server.userKey])
                    device.channel = .shell
                    switch way {
                    case .bastion: device.jump = [bench.device(hops[0])]
                    case .twoBastions: device.jump = hops.map { bench.device($0) }
                    case .proxyCommand:
                        let connect = "exec 3<>/dev/tcp/127.0.0.1/\(front.port); cat <&3 & cat >&3 <&0; kill $!; wait"
                        device.ssh.proxyCommand = "bash -c '\(connect)'"
                    }
                    device.ssh.aliveInterval = .seconds(1)
                    device.ssh.aliveCountMax = 3
                    let error = await musterError {
                        try await withDevice(device, options: bench.options) { session in
                            #expect(try await session.send("echo up").output == "up")
                            valve.shut()
                            _ = try await session.send("sleep 45")
                        }
                    }
                    #expect(error?.code == .connectionLost)
                    #expect(error?.phase == .command)
                    let message = error?.message ?? ""
                    #expect(message.contains("the connection broke (nothing came for "), "\(message)")
                    #expect(message.contains(" of life had no answer) after "), "\(message)")
                    #expect(error?.hint?.contains("ServerAliveInterval") == true)
                }
            }
        }
    }
}
