import Foundation
import Synchronization

/// Copies bytes both ways between a connection and a port of 127.0.0.1 until either side ends.
///
/// - Parameters:
///   - valve: lets bytes through, or drops them; the system goes on confirming to both sides that they came.
///   - onAnswer: called before each piece of what comes from the port.
package func relay(_ connection: Int32, toPort port: Int, valve: Valve = Valve(), onAnswer: () -> Void = {}) {
    let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(other) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(port).bigEndian
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    var polled = [pollfd(fd: connection, events: Int16(POLLIN), revents: 0), pollfd(fd: other, events: Int16(POLLIN), revents: 0)]
    while poll(&polled, 2, -1) > 0 {
        for (index, target) in [other, connection].enumerated() where polled[index].revents != 0 {
            let count = read(polled[index].fd, &buffer, buffer.count)
            guard count > 0 else { return }
            if index == 1 { onAnswer() }
            if valve.isOpen { write(Array(buffer[..<count]), to: target) }
        }
    }
}

/// What bytes pass through, until somebody shuts it.
package final class Valve: Sendable {
    private let isShut = Mutex(false)

    package init() {}

    package var isOpen: Bool { isShut.withLock { !$0 } }

    /// From now on nothing gets through, and neither side is told.
    package func shut() { isShut.withLock { $0 = true } }
}
