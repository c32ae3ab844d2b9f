package import MusterTransport

/// What holds for every `ByteTransport`, whatever carries its bytes.
///
/// A test target that has a transport says how one is made, and runs all of `TransportBehaviour.allCases` on it:
///
/// ```swift
/// @Test(arguments: TransportBehaviour.allCases)
/// func tcp(_ behaviour: TransportBehaviour) async throws {
///     try await TransportConformance { port, body in try await body(connect(port)) }.check(behaviour)
/// }
/// ```
///
/// The other side is always a program at a port of 127.0.0.1. A transport that ends in a process or in a remote shell gets there with
/// `relayCommand`.
package struct TransportConformance: Sendable {
    /// Makes a transport to a port, lends it to the closure, and takes away what else it has made.
    package typealias Scope =
        @Sendable (_ port: Int, _ body: @Sendable (any ByteTransport) async throws -> Void) async throws -> Void

    let withTransport: Scope
    /// How text looks where the other side reads and writes it.
    let onTheWire: @Sendable ([UInt8]) -> [UInt8]
    /// Whether the other side's reset can be told from its end.
    let tellsResets: Bool

    /// - Parameters:
    ///   - tellsResets: whether a connection that breaks is told as one; a relay in between makes an end of it.
    ///   - onTheWire: how text looks where the other side reads and writes it.
    ///   - withTransport: makes the transport.
    package init(
        tellsResets: Bool = true, onTheWire: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }, withTransport: @escaping Scope
    ) {
        self.tellsResets = tellsResets
        self.onTheWire = onTheWire
        self.withTransport = withTransport
    }

    /// A command of bash that connects its standard input and output to a port, and ends when either side does.
    package static func relayCommand(port: Int) -> String {
        "exec 3<>/dev/tcp/127.0.0.1/\(port); cat <&3 & cat >&3 <&0 & wait -n; kill %1 %2 2>/dev/null; wait"
    }

    /// Text of every byte that has no meaning to a terminal's line discipline or to telnet, 255 among them, so that a gap, a swap or a
    /// repetition shows.
    static func text(_ count: Int) -> [UInt8] {
        let alphabet = Array(UInt8(0x20)...0x7E) + Array(0x80...0xFF)
        return (0..<count).map { alphabet[($0 &* 7 &+ $0 / 251) % alphabet.count] }
    }
}

/// What a transport has done wrong.
package struct ConformanceProblem: Error, CustomStringConvertible {
    package let description: String
}
