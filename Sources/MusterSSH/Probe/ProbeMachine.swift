/// A dialogue with a server that comes to one outcome: bytes in, bytes out.
package protocol ProbeMachine: Sendable {
    associatedtype Outcome: Sendable

    /// What is sent at once.
    var greeting: [UInt8] { get }
    /// What was seen so far, for an error.
    var seen: String { get }

    /// Takes bytes from the server.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> ProbeStep<Outcome>
}

/// What a probe does next.
package enum ProbeStep<Outcome: Sendable>: Sendable {
    /// Waits for more.
    case wait
    /// Sends these bytes and waits for more.
    case send([UInt8])
    case done(Outcome)
    case failed(SSHError)
}
