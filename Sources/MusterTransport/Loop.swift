package import NIOCore

/// An event loop: the thread that owns a connection, its clock, and its timers.
///
/// Actors whose executor is a loop's `executor` run on that thread, so a callback from the network reaches them without a thread hop.
package final class Loop: Sendable {
    package let eventLoop: any EventLoop

    /// Where a task that belongs to a device on this loop runs its own code.
    package let taskExecutor: LoopExecutor

    /// Memory for one call at a time; see `withScratch`.
    private let scratch = LoopScratch()
    /// What connections of this loop write from.
    let outgoing = OutgoingBuffer()

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        taskExecutor = LoopExecutor(eventLoop)
    }

    /// What an actor returns as its `unownedExecutor` to live on this loop.
    package var executor: UnownedSerialExecutor {
        eventLoop.executor.asUnownedSerialExecutor()
    }

    /// The loop's time; tests that bring a manual loop set it themselves.
    package var now: Instant {
        Instant(nanoseconds: Int64(clamping: eventLoop.now.uptimeNanoseconds))
    }

    /// Lends 32 KB of memory for the time of a call on the loop.
    ///
    /// All sessions of the loop share it: one buffer each, or one for each read, is what the allocator would spend its time on.
    package func withScratch<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
        eventLoop.assertInEventLoop()
        return scratch.lend(body)
    }

    /// Runs `work` on the loop at `instant`, or at once when that has passed.
    package func schedule(at instant: Instant, _ work: @escaping @Sendable () -> Void) -> LoopTimer {
        LoopTimer(
            scheduled: eventLoop.scheduleTask(
                deadline: NIODeadline.uptimeNanoseconds(UInt64(clamping: instant.nanoseconds)), work))
    }

    /// Runs `work` on the loop soon, from any thread.
    package func execute(_ work: @escaping @Sendable () -> Void) {
        eventLoop.execute(work)
    }
}

/// A timer set with `Loop.schedule`.
package struct LoopTimer: Sendable {
    fileprivate let scheduled: Scheduled<Void>

    /// Stops the timer, unless it has fired already.
    package func cancel() {
        scheduled.cancel()
    }
}
