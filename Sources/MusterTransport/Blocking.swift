import NIOPosix

/// The thread pool for calls that block: files, the resolver, key decryption.
package enum Blocking {
    /// Runs `work` on the pool and waits for it without holding a thread.
    ///
    /// - Throws: What `work` throws; `CancellationError` when the task was cancelled before it began.
    package static func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    /// Runs `work` on the pool; nobody waits.
    package static func submit(_ work: @escaping @Sendable () -> Void) {
        NIOThreadPool.singleton.submit { _ in work() }
    }
}
