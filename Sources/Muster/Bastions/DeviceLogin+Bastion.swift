import MusterSSH
import MusterTransport
import Synchronization

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
        let openSSH = try preparedOpenSSH()
        environment.events(.phase(host: device.name, .resolve))
        var command = command(openSSH, try await pinFiles(openSSH))
        let socket: String
        do {
            socket = try await openSSH.masters.socket()
        } catch is CancellationError {
            throw failure(.cancelled, "cancelled")
        } catch {
            throw failure(.usage, "no folder for ssh's control socket can be made: \(error)", hint: "is the temporary folder writable?")
        }
        command.controlSocket = socket
        let child = ChildCommand(
            program: command.program, arguments: command.arguments,
            environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: "dumb"))
        let lines = LineOutlet()
        let session = openSSHSession { lines.say($0) }
        openSSH.masters.add(session)
        let result: Result<ChildTransport, MusterError> = await withTaskCancellationHandler {
            await reach(session, child.endedWithItsInput, openSSH.desk)
        } onCancel: {
            session.cancel()
        }
        switch result {
        case .failure(let error):
            await session.close()
            throw Task.isCancelled ? failure(.cancelled, "cancelled") : error
        case .success(let child):
            let master = OpenSSHMaster(session, socket: socket, opensAtOnce: 2 * environment.bastions.channels)
            lines.hear { [weak master] line in master?.assumeIsolated { $0.heard(line) } }
            child.whenExited { [weak master] _ in master?.assumeIsolated { $0.ended() } }
            return master
        }
    }

    private func reach(
        _ session: OpenSSHSession, _ child: ChildCommand, _ desk: AskpassDesk?
    ) async -> Result<ChildTransport, MusterError> {
        timer.start { session.assumeIsolated { $0.expire() } }
        defer { timer.stop() }
        let result: Result<ChildTransport, OpenSSHFailure>
        do throws(OpenSSHFailure) {
            result = .success(try await session.reachShell(child, desk: desk))
        } catch {
            result = .failure(error)
        }
        clock = await session.clock
        clock.finish(at: loop.now)
        switch result {
        case .success(let child): return .success(child)
        case .failure(let reason): return .failure(wrapped(reason, shown: await session.shownHostKey))
        }
    }
}

/// Where the lines of a program go, once there is somebody to hear them.
private final class LineOutlet: Sendable {
    private let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    func hear(_ listener: @escaping @Sendable (String) -> Void) {
        self.listener.withLock { $0 = listener }
    }

    func say(_ line: String) {
        listener.withLock { $0 }?(line)
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
