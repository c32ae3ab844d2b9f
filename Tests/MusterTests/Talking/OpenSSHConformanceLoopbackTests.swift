import MusterInventory
import MusterTestSupport
import MusterTransport
import Synchronization
import Testing

@testable import Muster

/// The shell that the system's `ssh` reaches behaves like any transport.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHConformanceLoopbackTests {
    /// All but one: to close it is to hang up ssh's terminal, and what that has not handed to ssh by then is lost.
    @Test(arguments: TransportBehaviour.allCases.filter { $0 != .writesWhatWasSentBeforeTheClose })
    func openSSH(_ behaviour: TransportBehaviour) async throws {
        // A reset on the far side comes through as an end.
        try await TransportConformance(tellsResets: false) { port, body in
            // The remote terminal is to leave the bytes alone, and says when it does; the other side begins when it is told to.
            let command =
                "stty raw -echo; printf ready; head -c 1 > /dev/null; exec bash -c '\(TransportConformance.relayCommand(port: port))'"
            try await withOpenSSHServer(configuration: ["ForceCommand \(command)"]) { server in
                let loop = Loops.next()
                let session = OpenSSHSession(
                    loop: loop, answers: AskpassAnswers(logins: []), services: NoServices(), clock: PhaseClock(at: loop.now)
                ) { _ in }
                var child = child(ssh(to: server))
                child.terminal = .init(columns: 80, rows: 24)
                do {
                    let shell = ReadyTransport(try await session.reachShell(child, desk: nil))
                    await shell.begin()
                    try await body(shell)
                } catch {
                    await session.close()
                    throw error
                }
                await session.close()
            }
        }.check(behaviour)
    }

    /// A connection through a bastion that ssh is logged in to.
    @Test(arguments: TransportBehaviour.allCases) func openSSHBastion(_ behaviour: TransportBehaviour) async throws {
        try await TransportConformance(tellsResets: false) { port, body in
            try await withOpenSSHServer { server in
                let loop = Loops.next()
                let session = OpenSSHSession(
                    loop: loop, answers: AskpassAnswers(logins: []), services: NoServices(), clock: PhaseClock(at: loop.now)
                ) { _ in }
                var master = ssh(to: server)
                master.controlSocket = "\(server.folder)/s"
                do {
                    _ = try await session.reachShell(child(master).endedWithItsInput, desk: nil)
                    let line = OpenSSHMaster(session, socket: "\(server.folder)/s", opensAtOnce: 1)
                    let result = await withCheckedContinuation { continuation in
                        loop.execute { line.open(to: "127.0.0.1", port: port) { continuation.resume(returning: $0) } }
                    }
                    try await body(try result.get())
                    await line.logOut()
                } catch {
                    await session.close()
                    throw error
                }
            }
        }.check(behaviour)
    }

    private func ssh(to server: OpenSSHServer) -> OpenSSHCommand {
        var ssh = OpenSSHCommand(
            target: .init(host: "127.0.0.1", port: server.port, user: server.user, identities: [server.userKey]), hostKeys: .off,
            connectTimeout: .seconds(60))
        ssh.configuration = .none
        ssh.asksNothing = true
        return ssh
    }

    private func child(_ ssh: OpenSSHCommand) -> ChildCommand {
        ChildCommand(
            program: "ssh", arguments: ssh.arguments,
            environment: OpenSSHCommand.environment(inherited: ["PATH": "/usr/bin:/bin"], term: "dumb"))
    }
}

private struct NoServices: AskpassServices {
    func permission(toOffer login: AskpassAnswers.Login) async -> AskpassPermission { .granted }
    func settle(_ login: AskpassAnswers.Login, _ outcome: AskpassOutcome) {}
    func code(for question: String, user: String) async throws -> Secret? { nil }
    func codeWasRefused(user: String) {}
}

/// A transport whose other side says `ready` before anything else.
private final class ReadyTransport: ByteTransport, ByteReceiver {
    private struct State {
        var seen: [UInt8] = []
        var isReady = false
        var receiver: (any ByteReceiver)?
        var end: TransportEnd?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let inner: any ByteTransport
    private let state = Mutex(State())
    private static let word = Array("ready".utf8)

    init(_ inner: any ByteTransport) { self.inner = inner }

    var loop: Loop { inner.loop }

    /// Starts the transport, waits for the word, and answers it.
    func begin() async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiting = continuation }
            loop.execute { self.inner.start(self) }
        }
        loop.execute { self.inner.send(Array("!".utf8)) }
    }

    func start(_ receiver: any ByteReceiver) {
        let (seen, end) = state.withLock { state in
            state.receiver = receiver
            defer { state.seen = [] }
            return (state.seen, state.end)
        }
        if !seen.isEmpty {
            seen.withUnsafeBytes { receiver.received($0) }
            receiver.burstEnded()
        }
        if let end { receiver.ended(end) }
    }

    func send(_ bytes: UnsafeRawBufferPointer) { inner.send(bytes) }
    func close() { inner.close() }

    func received(_ bytes: UnsafeRawBufferPointer) {
        let (receiver, waiting) = state.withLock { state -> ((any ByteReceiver)?, CheckedContinuation<Void, Never>?) in
            if let receiver = state.receiver { return (receiver, nil) }
            state.seen += bytes
            guard !state.isReady, let range = state.seen.firstRange(of: Self.word) else { return (nil, nil) }
            state.isReady = true
            state.seen.removeSubrange(..<range.upperBound)
            defer { state.waiting = nil }
            return (nil, state.waiting)
        }
        receiver?.received(bytes)
        waiting?.resume()
    }

    func burstEnded() { state.withLock { $0.receiver }?.burstEnded() }

    func ended(_ end: TransportEnd) {
        let (receiver, waiting) = state.withLock { state in
            state.end = end
            defer { state.waiting = nil }
            return (state.receiver, state.waiting)
        }
        receiver?.ended(end)
        waiting?.resume()
    }
}
