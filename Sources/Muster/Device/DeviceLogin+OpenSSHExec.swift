import MusterConsole
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by an `ssh` that shares its connection, and opens nothing: commands have channels of their own.
    func runOpenSSHExec(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        let lines = LineOutlet()
        return try await overOpenSSH { login, openSSH, command throws(MusterError) in
            let socket = try await login.controlSocket(openSSH)
            var command = command
            command.controlSocket = socket
            command.logLevel = ExecLog.level
            let environment = OpenSSHCommand.environment(inherited: openSSH.variables, term: platform.pty.term)
            let child = ChildCommand(program: command.program, arguments: command.arguments, environment: environment)
            let session = login.openSSHSession { lines.say($0) }
            let exec = OpenSSHExec(session, socket: socket, command: command, environment: environment)
            return try await login.reaching(session, child.endedWithItsInput, openSSH.desk) { login, shared throws(MusterError) in
                lines.hear { [weak exec] line in exec?.assumeIsolated { $0.heard(line) } }
                shared.whenExited { [weak exec] _ in exec?.assumeIsolated { $0.ended(because: session.assumeIsolated { $0.failure }) } }
                login.clock.finish(at: login.loop.now)
                return login.execLine(over: exec, platform)
            }
        }
    }

    /// A path for the socket over which an `ssh` that shares its connection is asked.
    func controlSocket(_ openSSH: OpenSSHEnvironment) async throws(MusterError) -> String {
        do {
            return try await openSSH.files.socket()
        } catch is CancellationError {
            throw failure(.cancelled, "cancelled")
        } catch {
            throw failure(
                .usage, "no folder for ssh's control socket can be made: \(systemWords(error))", hint: "is the temporary folder writable?")
        }
    }
}
