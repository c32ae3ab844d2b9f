import Foundation

/// An address of 127.0.0.1 that answers no connection: a listener that never accepts and whose queue is full.
package final class BlackHole: Sendable {
    package let port: Int
    private let listener: Int32
    private let fillers: [Int32]

    package init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw ServerProblem(description: "no port to listen at") }
        // A queue of length 0 holds one connection; further ones get no answer. A few more make sure.
        var fillers: [Int32] = []
        for _ in 0..<4 {
            let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(filler, $0, length) }
            }
            fillers.append(filler)
        }
        self.listener = listener
        self.fillers = fillers
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Frees the port.
    package func close() {
        for descriptor in fillers + [listener] { _ = Foundation.close(descriptor) }
    }
}

/// Reads what is at hand, waiting for some; 0 at the end.
package func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    Foundation.read(descriptor, buffer.baseAddress, buffer.count)
}
