import Foundation
import Synchronization

/// A TCP server on 127.0.0.1, at a port that the system picks, whose connections a test handles as it likes.
package struct LoopbackServer: Sendable {
    package let port: Int
}

/// Runs a server for the length of a scope.
///
/// - Parameters:
///   - handler: Gets each connection's descriptor on a thread of its own and may block; the descriptor is closed when it returns.
///     Leaving the scope shuts the connections down, which ends blocking reads and writes.
///   - body: Gets the server.
package func withLoopbackServer<R>(
    _ handler: @escaping @Sendable (Int32) -> Void, _ body: (LoopbackServer) async throws -> R
) async throws -> R {
    let (listener, port) = try tcpListener()
    return try await serving(Acceptor(listener, handler: handler)) { try await body(LoopbackServer(port: port)) }
}

/// Runs a server at a Unix socket for the length of a scope; the rest as with `withLoopbackServer`.
package func withUnixServer<R>(
    path: String, _ handler: @escaping @Sendable (Int32) -> Void, _ body: () async throws -> R
) async throws -> R {
    try await serving(Acceptor(try unixListener(path: path), handler: handler), body)
}

private func serving<R>(_ acceptor: Acceptor, _ body: () async throws -> R) async throws -> R {
    do {
        let result = try await body()
        await acceptor.stop()
        return result
    } catch {
        await acceptor.stop()
        throw error
    }
}

private func tcpListener() throws -> (descriptor: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Foundation.bind(listener, $0, length) == 0 && listen(listener, 128) == 0 && getsockname(listener, $0, &length) == 0
        }
    }
    guard bound else { throw CocoaError(.fileNoSuchFile) }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

private func unixListener(path: String) throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Foundation.bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 128) == 0
        }
    }
    guard bound else { throw CocoaError(.fileNoSuchFile) }
    return listener
}

private final class Acceptor: Sendable {
    private let listener: Int32
    private let connections = Mutex<Set<Int32>>([])
    private let threads = DispatchGroup()

    init(_ listener: Int32, handler: @escaping @Sendable (Int32) -> Void) {
        signal(SIGPIPE, SIG_IGN)
        self.listener = listener
        spawn {
            while true {
                let connection = accept(self.listener, nil, nil)
                guard connection >= 0 else { return }
                self.connections.withLock { _ = $0.insert(connection) }
                self.spawn {
                    handler(connection)
                    self.connections.withLock { _ = $0.remove(connection) }
                    close(connection)
                }
            }
        }
    }

    private func spawn(_ work: @escaping @Sendable () -> Void) {
        threads.enter()
        let thread = Thread {
            work()
            self.threads.leave()
        }
        thread.stackSize = 256 * 1024
        thread.start()
    }

    func stop() async {
        shutdown(listener, Int32(SHUT_RDWR))
        connections.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        close(listener)
    }
}

/// Writes all of a text to a descriptor.
package func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
}

/// Writes all bytes to a descriptor; stops when the other side is gone.
package func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

/// Reads from a descriptor until the other side ends, or the scope does.
package func readToEnd(of descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &buffer, buffer.count) > 0 {}
}
