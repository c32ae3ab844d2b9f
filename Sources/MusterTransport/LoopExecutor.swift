import NIOCore

/// Runs a task's own code on an event loop, so that a child task for a device starts and ends where the device's connection lives.
///
/// Without it every child would begin on Swift's global pool, hop to the loop, and hop back to end.
package final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
