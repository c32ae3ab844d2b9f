import MusterConsole
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file for its owner's eyes only, made at the first write.
final class RecordingFile: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    init(path: String) {
        self.path = path
    }

    /// Writes bytes behind those before.
    ///
    /// - Throws: `RecordingFailure`.
    func write(_ bytes: [UInt8]) throws(RecordingFailure) {
        let failure = descriptor.withLock { descriptor -> RecordingFailure? in
            if descriptor < 0 { descriptor = create() }
            guard descriptor >= 0 else { return RecordingFailure(reason: systemReason()) }
            return bytes.withUnsafeBytes { Self.writeAll($0, to: descriptor) }
        }
        if let failure { throw failure }
    }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { closeDescriptor(descriptor) }
            descriptor = -1
        }
    }

    private func create() -> Int32 {
        // What is there goes first: it may be readable for others, or a link to somewhere else.
        unlink(path)
        return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> RecordingFailure? {
        var written = 0
        while written < bytes.count {
            let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return RecordingFailure(reason: systemReason()) }
            written += count
        }
        return nil
    }
}

/// The last error of the C library, in its words.
func systemReason() -> String { String(cString: strerror(errno)) }

// The class's own members hide the system's of the same names.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { write(descriptor, bytes.baseAddress, bytes.count) }
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
