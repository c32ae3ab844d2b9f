import Foundation
import Muster
import MusterInventory
import MusterTestSupport
import Testing

/// A telnet server that many systems come with: inetutils' telnetd, where it is installed.
///
/// Its Debian package brings a superserver along, so the tests do not install it.
@Suite(.timeLimit(.minutes(5)), .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/telnetd")))
struct TelnetDaemonLoopbackTests {
    /// What login(1) says and does, for a user of the test's own: as login(1) does, it forgets what was typed before the password's question.
    private static let login = #"""
        #!/bin/sh
        printf 'Debian GNU/Linux 12\nhost1 login: '
        read -r user
        stty -echo
        printf 'Password: '
        read -r password
        stty echo
        echo
        if [ "$user:$password" != 'netops:hush-password' ]; then
            printf '\nLogin incorrect\nhost1 login: '
            read -r user
            exit 1
        fi
        echo 'Last login: Mon Jan  5 10:00:00 UTC 2026 on pts/0'
        PS1='netops@host1:~$ ' exec /bin/sh -i
        """#

    private func withTelnetDaemon<R>(_ body: (Device) async throws -> R) async throws -> R {
        try await withTemporaryFolder { folder in
            let login = "\(folder)/login"
            try Self.login.write(toFile: login, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: login)
            return try await withLoopbackServer { connection in
                Program.run(["/usr/sbin/telnetd", "-h", "-E", login], connection: connection)
            } _: { server in
                var device = Device(
                    name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: "netops",
                    password: Secret(Hush.password))
                device.transport = .telnet
                return try await body(device)
            }
        }
    }

    @Test func answers_andKnowsTheTerminal() async throws {
        try await withTelnetDaemon { device in
            try await withBench { bench in
                let commands = ["stty size", "echo $TERM", "printf '\\377\\377one\\r\\n'", "echo \u{FF}", "no-such-program-here"]
                let result = try await bench.run(commands, on: [device]).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.map(\.status) == [.ok, .ok, .ok, .ok, .failed])
                #expect(result.commands[0].output == "1000 511")
                #expect(result.commands[1].output == "vt100")
                #expect(result.commands[2].output == "\u{FFFD}\u{FFFD}one")
                #expect(result.commands[3].output == "\u{FF}")
            }
        }
    }

    @Test func authenticationError_whenThePasswordIsWrong() async throws {
        try await withTelnetDaemon { device in
            try await withBench { bench in
                var device = device
                device.password = Secret(Hush.wrong)
                let result = try await bench.run(["true"], on: [device]).result("here")
                #expect(result.error?.code == .authentication, "\(String(describing: result.error))")
            }
        }
    }
}
