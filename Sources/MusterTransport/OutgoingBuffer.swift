import NIOCore

/// The memory that a loop's connections write from.
///
/// A write that the kernel takes at once gives it back at once, so the next connection uses it again. One that has to wait keeps what it has, and
/// the next fill gets new memory: a `ByteBuffer` is copied when it is shared. Only code on the loop touches it.
final class OutgoingBuffer: @unchecked Sendable {
    private var buffer = ByteBuffer()
    private static let largestKept = 64 * 1024

    /// A buffer with a copy of `bytes`.
    func filled(with bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        if bytes.count > Self.largestKept { return ByteBuffer(bytes: bytes) }
        buffer.clear(minimumCapacity: 2048)
        buffer.writeBytes(bytes)
        return buffer
    }
}
