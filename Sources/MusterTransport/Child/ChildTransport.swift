import NIOCore
import NIOPosix

/// A child process as a `ByteTransport`: what is sent is its standard input, what it prints is received.
///
/// Whoever starts one closes it. However it ends, it is reaped; one that does not end by itself is sent SIGTERM and then SIGKILL.
package final class ChildTransport: ByteTransport {
    package let loop: Loop
    /// Its process id, which is its session's and its group's too.
    let pid: Int32
    private let core: NIOLoopBound<ChildCore>
    private let exit: EventLoopFuture<ChildExit>

    private init(core: ChildCore) {
        loop = core.loop
        pid = core.pid
        exit = core.exit.futureResult
        self.core = NIOLoopBound(core, eventLoop: core.loop.eventLoop)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: What to run.
    ///   - loop: Where its bytes come and go.
    ///   - patience: How long it may take to end.
    ///   - errors: Gets what it writes to standard error, on the loop; the buffer is valid during the call only.
    ///   - explain: Makes of the way it ended the end that the receiver hears of; called on the loop, after the last bytes of both streams.
    package static func start(
        _ command: ChildCommand, on loop: Loop, patience: ChildPatience = ChildPatience(),
        errors: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in },
        explain: @escaping @Sendable (ChildExit) -> TransportEnd = ChildTransport.plainEnd
    ) async throws(ChildStartError) -> ChildTransport {
        let child: SpawnedChild
        do {
            child = try await Blocking.run {
                let child = try SpawnedChild.spawn(command)
                if command.endsWithThisProcess { ChildWatch.shared.add(child.pid) }
                return child
            }
        } catch let error as ChildStartError {
            throw error
        } catch {
            throw .cancelled
        }
        let future = loop.eventLoop.flatSubmit {
            NIOPipeBootstrap(group: loop.eventLoop).takingOwnershipOfDescriptor(output: child.input).map { input in
                ChildTransport(
                    core: ChildCore(
                        adopting: child, input: input, isWatched: command.endsWithThisProcess, on: loop, patience: patience, errors: errors,
                        explain: explain))
            }
        }
        let result = await withCheckedContinuation { continuation in
            future.whenComplete { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let transport): return transport
        case .failure(let error):
            Blocking.submit {
                child.discard()
                if command.endsWithThisProcess { ChildWatch.shared.remove(child.pid) }
            }
            throw .failed(program: command.program, systemText(error))
        }
    }

    /// The end that needs no explanation: the program is over.
    package static let plainEnd: @Sendable (ChildExit) -> TransportEnd = { exit in
        switch exit {
        case .signalled(let signal): .lost("the program was ended by signal \(signal)")
        case .exited, .unknown: .closedByPeer
        }
    }

    package func start(_ receiver: any ByteReceiver) {
        core.value.start(receiver)
    }

    package func send(_ bytes: UnsafeRawBufferPointer) {
        core.value.send(bytes)
    }

    /// Bytes that the child has not been able to read.
    var unsentBytes: Int {
        core.value.unsentBytes
    }

    /// Ends the child's input once it has been written, and the child, when it does not end upon that.
    package func close() {
        core.value.close()
    }

    /// Ends the child at once; may be called from any thread.
    package func terminate() {
        loop.execute { self.core.value.terminate() }
    }

    /// Waits until the child has ended and has been reaped.
    package func waitForExit() async -> ChildExit {
        await withCheckedContinuation { continuation in
            exit.whenSuccess { continuation.resume(returning: $0) }
        }
    }

    /// Calls back, on the loop, when the child has been reaped and its streams have ended.
    package func whenExited(_ body: @escaping @Sendable (ChildExit) -> Void) {
        exit.whenSuccess(body)
    }
}
