/// Why no connection was made.
package enum TransportError: Error, Sendable, Equatable {
    /// The name has no address; the text is the resolver's.
    case unknownHost(String)
    /// The name's address did not come in time.
    case resolveTimedOut
    /// No connection to the address; the text is the system's.
    case connectFailed(address: String, String)
    /// No answer from the address in time.
    case connectTimedOut(address: String)
    /// The task was cancelled.
    case cancelled
}
