#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A stream that the commands write to: standard output, standard error, or a test's stand-in.
package struct OutputPort: Sendable {
    /// Whether a terminal shows what is written.
    package var isTerminal: Bool
    /// The terminal's width in columns, right now; 80 where there is no terminal.
    package var width: @Sendable () -> Int
    /// Writes all bytes, blocking until the last is taken.
    package var write: @Sendable (_ bytes: [UInt8]) throws(OutputClosed) -> Void

    package init(
        isTerminal: Bool, width: @escaping @Sendable () -> Int = { 80 },
        write: @escaping @Sendable (_ bytes: [UInt8]) throws(OutputClosed) -> Void
    ) {
        self.isTerminal = isTerminal
        self.width = width
        self.write = write
    }

    /// Writes a text, and nothing when the reader has gone: for messages, which no one waits for then.
    func say(_ text: String) {
        guard !text.isEmpty else { return }
        try? write(Array(text.utf8))
    }
}

/// The reader of a stream has gone, as in `muster run … | head -1`, or the disk is full.
package struct OutputClosed: Error, Equatable {
    /// The system's error number.
    package var number: Int32

    package init(number: Int32) {
        self.number = number
    }

    /// The error in the system's words.
    package var reason: String { String(cString: strerror(number)) }
}
