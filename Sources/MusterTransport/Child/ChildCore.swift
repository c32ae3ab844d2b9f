import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The state of a child's transport; only its event loop touches it.
///
/// The three streams are three channels: a child that closes its input may still have much to say.
final class ChildCore {
    let loop: Loop
    let exit: EventLoopPromise<ChildExit>
    let pid: pid_t
    private let input: any Channel
    private let isWatched: Bool
    private let patience: ChildPatience
    private let errors: @Sendable (UnsafeRawBufferPointer) -> Void
    private let explain: @Sendable (ChildExit) -> TransportEnd

    private var outputs: [any Channel] = []
    private var receiver: (any ByteReceiver)?
    /// What came before there was a receiver.
    private var early = ByteBuffer()
    private(set) var unsentBytes = 0
    private var isClosing = false
    private var hasOutputEnded = false
    private var haveErrorsEnded = false
    private var status: ChildExit?
    private var end: TransportEnd?
    private var pressure = Pressure.none
    private var isReaping = false

    /// How far the child has been pressed to end.
    private enum Pressure: Int { case none, hangUp, terminated, killed }

    init(
        adopting child: SpawnedChild, input: any Channel, isWatched: Bool, on loop: Loop, patience: ChildPatience,
        errors: @escaping @Sendable (UnsafeRawBufferPointer) -> Void, explain: @escaping @Sendable (ChildExit) -> TransportEnd
    ) {
        self.loop = loop
        self.input = input
        self.isWatched = isWatched
        self.patience = patience
        self.errors = errors
        self.explain = explain
        pid = child.pid
        exit = loop.eventLoop.makePromise()
        read(child.output) {
            ChildReader(core: $0, received: { $0.received($1) }, burstEnded: { $0.burstEnded() }, ended: { $0.outputEnded() })
        }
        guard let descriptor = child.errors else {
            haveErrorsEnded = true
            return
        }
        read(descriptor) {
            ChildReader(core: $0, received: { $0.errors($1) }, burstEnded: { _ in }, ended: { $0.errorsEnded() })
        }
    }

    // MARK: Streams

    private func read(_ descriptor: Int32, _ reader: @escaping @Sendable (ChildCore) -> ChildReader) {
        let core = NIOLoopBound(self, eventLoop: loop.eventLoop)
        NIOPipeBootstrap(group: loop.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    core.value.outputs.append(channel)
                    try channel.pipeline.syncOperations.addHandler(reader(core.value))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor).whenFailure { _ in
                closeDescriptor(descriptor)
                let reader = reader(core.value)
                reader.ended(core.value)
                core.value.terminate()
            }
    }

    func start(_ receiver: any ByteReceiver) {
        self.receiver = receiver
        if early.readableBytes > 0 {
            let bytes = early
            early = ByteBuffer()
            bytes.withUnsafeReadableBytes { receiver.received($0) }
            receiver.burstEnded()
        }
        announceEnd()
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        // Whoever has closed the transport wants to hear no more.
        guard !isClosing else { return }
        if let receiver { receiver.received(bytes) } else { early.writeBytes(bytes) }
    }

    private func burstEnded() {
        if !isClosing { receiver?.burstEnded() }
    }

    private func outputEnded() {
        hasOutputEnded = true
        // A program whose output has ended is of no more use.
        press(.hangUp)
        reap()
    }

    private func errorsEnded() {
        haveErrorsEnded = true
        settle()
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosing, end == nil, bytes.count > 0 else { return }
        let count = bytes.count
        unsentBytes += count
        input.writeAndFlush(input.allocator.buffer(bytes: bytes)).assumeIsolated().whenComplete { _ in
            self.unsentBytes -= count
            if self.isClosing, self.unsentBytes == 0 { self.press(.hangUp) }
        }
    }

    // MARK: The end

    func close() {
        guard !isClosing else { return }
        isClosing = true
        if unsentBytes == 0 { press(.hangUp) } else { press(.hangUp, after: patience.drain) }
    }

    func terminate() {
        isClosing = true
        press(.terminated)
    }

    /// Goes on to `pressure`, unless the child is under more already, and plans the step after it.
    private func press(_ pressure: Pressure) {
        guard status == nil, pressure.rawValue > self.pressure.rawValue else { return }
        self.pressure = pressure
        input.close(promise: nil)
        switch pressure {
        case .none: break
        case .hangUp: press(.terminated, after: patience.hangUp)
        case .terminated:
            signal(SIGTERM)
            press(.killed, after: patience.terminate)
        case .killed: signal(SIGKILL)
        }
        reap()
    }

    private func press(_ pressure: Pressure, after delay: Duration) {
        loop.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(delay.wholeNanoseconds)) { self.press(pressure) }
    }

    /// Signals the child and what it has started; until it has been reaped the number can be nobody else's.
    private func signal(_ number: Int32) {
        if kill(-pid, number) != 0 { kill(pid, number) }
    }

    /// Begins to look whether the child has ended.
    private func reap() {
        guard !isReaping else { return }
        isReaping = true
        look(after: .milliseconds(1))
    }

    /// Asks for the child's status, without waiting, and again a little later when there is none yet.
    ///
    /// A thread that waits for each child would not do for thousands, and SIGCHLD belongs to the program that uses the library.
    private func look(after delay: TimeAmount) {
        guard status == nil else { return }
        var code: Int32 = 0
        let reaped = waitpid(pid, &code, WNOHANG)
        if reaped == 0 || (reaped < 0 && errno == EINTR) {
            loop.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.look(after: min(delay * 2, .milliseconds(50))) }
            return
        }
        status = reaped < 0 ? .unknown : code & 0x7F == 0 ? .exited(code >> 8 & 0xFF) : .signalled(code & 0x7F)
        if isWatched { ChildWatch.shared.remove(pid) }
        input.close(promise: nil)
        loop.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(patience.errors.wholeNanoseconds)) {
            // Something that the child has left behind holds its streams open.
            self.hasOutputEnded = true
            self.haveErrorsEnded = true
            self.settle()
        }
        settle()
    }

    private func settle() {
        guard let status, hasOutputEnded, haveErrorsEnded, end == nil else { return }
        end = isClosing ? .closedHere : explain(status)
        for output in outputs { output.close(promise: nil) }
        outputs = []
        announceEnd()
        exit.succeed(status)
    }

    private func announceEnd() {
        guard let receiver, let end else { return }
        self.receiver = nil
        receiver.ended(end)
    }
}

/// Hands what one of a child's output streams says to its core.
final class ChildReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let ended: (ChildCore) -> Void
    private let core: ChildCore
    private let received: (ChildCore, UnsafeRawBufferPointer) -> Void
    private let burstEnded: (ChildCore) -> Void

    init(
        core: ChildCore, received: @escaping (ChildCore, UnsafeRawBufferPointer) -> Void, burstEnded: @escaping (ChildCore) -> Void,
        ended: @escaping (ChildCore) -> Void
    ) {
        self.core = core
        self.received = received
        self.burstEnded = burstEnded
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { received(core, $0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        burstEnded(core)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(core)
    }
}

/// close(2), under a name that no method hides.
func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}
