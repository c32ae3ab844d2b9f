import CLibSSH

/// SIGINT and SIGTERM, waited for by a thread so that what was made can be removed before the process ends.
package enum LabStopSignal {
    /// Holds the signals back; call it before any thread is made, as threads inherit this.
    package static func hold() { muster_lab_block_stop_signals() }

    /// Returns when one of the signals has come.
    package static func wait() async {
        await withCheckedContinuation { continuation in
            final class Box {
                let continuation: CheckedContinuation<Void, Never>
                init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }
            }
            let box = Unmanaged.passRetained(Box(continuation))
            let status = muster_lab_thread(
                { context in
                    _ = muster_lab_wait_for_stop_signal()
                    if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().continuation.resume() }
                    return nil
                }, box.toOpaque(), 64 * 1024)
            if status != 0 { box.takeRetainedValue().continuation.resume() }
        }
    }
}
