/// A loop's memory for short use, made when it is first needed.
///
/// Only code on the loop touches it, one call at a time; a call inside a call gets memory of its own.
final class LoopScratch: @unchecked Sendable {
    private static let size = 32 * 1024
    private var buffer: UnsafeMutableRawBufferPointer?
    private var isLent = false

    func lend<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
        guard !isLent else {
            return withUnsafeTemporaryAllocation(byteCount: Self.size, alignment: 16, body)
        }
        let buffer = buffer ?? .allocate(byteCount: Self.size, alignment: 16)
        self.buffer = buffer
        isLent = true
        defer { isLent = false }
        return body(buffer)
    }

    deinit {
        buffer?.deallocate()
    }
}
