import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in and opens nothing: a bastion is asked for channels only.
    func runBastion() async throws(MusterError) -> any BastionLine {
        switch device.transport {
        case .ssh:
            do throws(MusterError) {
                return try await runBuiltInBastion()
            } catch {
                guard await lack(after: error) != nil else { throw error }
                let way = "`transport: auto` has to stand at the bastion \(device.name) in the inventory, for --transport is the devices'"
                throw failure(error.code, phase: error.phase, error.message, hint: error.hint.map { "\($0); \(way)" } ?? way)
            }
        case .openssh: return try await runOpenSSHBastion()
        case .auto:
            do throws(MusterError) {
                return try await runBuiltInBastion()
            } catch {
                guard await goesOnWithOpenSSH(after: error) else { throw error }
                return try await runOpenSSHBastion()
            }
        case .telnet: throw device.telnetRefusal
        }
    }

    private func runBuiltInBastion() async throws(MusterError) -> SSHSession {
        try await withSession { login, session, _ throws(MusterError) in
            login.clock.finish(at: login.loop.now)
            return session
        }
    }

    /// Starts an `ssh` that shares its connection, and returns when it is logged in; it is gone when that fails.
    private func runOpenSSHBastion() async throws(MusterError) -> OpenSSHMaster {
        let lines = LineOutlet()
        return try await overOpenSSH { login, openSSH, command throws(MusterError) in
            let socket = try await login.controlSocket(openSSH)
            var command = command
            command.controlSocket = socket
            let child = ChildCommand(
                program: command.program, arguments: command.arguments,
                environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: "dumb"))
            let session = login.openSSHSession { lines.say($0) }
            openSSH.masters.add(session)
            return try await login.reaching(session, child.endedWithItsInput, openSSH.desk) { login, child throws(MusterError) in
                login.clock.finish(at: login.loop.now)
                let master = OpenSSHMaster(session, socket: socket, opensAtOnce: 2 * login.environment.bastions.channels)
                lines.hear { [weak master] line in master?.assumeIsolated { $0.heard(line) } }
                child.whenExited { [weak master] _ in master?.assumeIsolated { $0.ended() } }
                return master
            }
        }
    }
}

extension Device {
    /// The error for a bastion that is to be reached by telnet.
    var telnetRefusal: MusterError {
        MusterError(
            .usage, phase: .resolve, device: name, message: "the bastion \(name) has the transport telnet, which carries nothing onwards",
            hint: "give it `transport: ssh`, `openssh` or `auto` of its own")
    }
}
