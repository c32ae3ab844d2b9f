import MusterInventory
import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The programs that make connections to devices in place of TCP, as `ProxyCommand` of ssh_config(5) has it.
///
/// A program's input and output are the connection. It ends with it, and the run does not end before all of them have.
final class ProxyPrograms: Sendable {
    private let running = Mutex<[ObjectIdentifier: ChildTransport]>([:])

    /// Starts a program.
    ///
    /// - Parameter command: A line for the user's shell, with its tokens replaced.
    func start(_ command: String, on loop: Loop) async throws(ChildStartError) -> ChildTransport {
        // Like ssh: the command is the user's own, and what it needs (a profile, an agent, a proxy's address) is in the environment.
        let variables = ProcessInfo.processInfo.environment
        let shell = variables["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
        var program = ChildCommand(program: shell, arguments: ["-c", "exec \(command)"], environment: variables)
        program.endsWithThisProcess = true
        let errors = LastWords()
        let child = try await ChildTransport.start(program, on: loop) {
            errors.add($0)
        } explain: {
            errors.end(after: $0)
        }
        let id = ObjectIdentifier(child)
        running.withLock { $0[id] = child }
        child.whenExited { [weak self] _ in self?.forget(id) }
        return child
    }

    private func forget(_ id: ObjectIdentifier) {
        running.withLock { $0[id] = nil }
    }

    /// Waits until all of them have ended, whose connections are closed.
    func close() async {
        for child in running.withLock({ Array($0.values) }) {
            child.loop.execute { child.close() }
            _ = await child.waitForExit()
        }
    }
}

/// The end of what a program says on its standard error.
private final class LastWords: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    private static let limit = 400

    func add(_ new: UnsafeRawBufferPointer) {
        bytes.withLock { bytes in
            bytes.append(contentsOf: new)
            if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
        }
    }

    /// What the end of the program means for the connection.
    func end(after exit: ChildExit) -> TransportEnd {
        let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).suffix(2).map { $0.escapedForMessage(limit: 200) }
        let said = lines.isEmpty ? "" : ", and said: \(lines.joined(separator: " | "))"
        switch exit {
        case .exited(0) where lines.isEmpty: return .closedByPeer
        case .exited(let status): return .lost("the ProxyCommand ended with status \(status)\(said)")
        case .signalled(let number): return .lost("the ProxyCommand was ended by signal \(number)\(said)")
        case .unknown: return .lost("the ProxyCommand ended\(said)")
        }
    }
}
