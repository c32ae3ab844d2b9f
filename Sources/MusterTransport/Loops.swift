import CMalloc
import NIOCore
import NIOPosix
import Synchronization

/// The event loops of the process, made once and kept.
package enum Loops {
    /// One loop for two cores.
    ///
    /// What a device costs is mostly cryptography, and that runs cooler on fewer threads: on two cores a second loop takes 8 % more CPU and
    /// saves no time, since the devices' answers are what is waited for.
    private static let count = max(1, min(System.coreCount / 2, 16))
    private static let all = MultiThreadedEventLoopGroup(numberOfThreads: count).makeIterator().map { Loop($0) }
    private static let turn = Atomic(0)

    /// The loop for the next connection.
    package static func next() -> Loop {
        all[turn.wrappingAdd(1, ordering: .relaxed).oldValue % all.count]
    }

    /// Fits the C library's memory allocator to the loops; for a program that owns its process, before it starts threads.
    ///
    /// glibc makes a heap per thread and grows all but the first one page by page, with a system call each. As many heaps as loops,
    /// growing by a megabyte, save 4 % of a run's CPU.
    package static func tuneAllocator() {
        muster_tune_malloc(Int32(count), 1 << 20)
    }
}
