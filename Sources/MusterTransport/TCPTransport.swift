import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A TCP connection as a `ByteTransport`.
///
/// Its state lives in the channel handler, which only its event loop touches.
package final class TCPTransport: ByteTransport {
    package let loop: Loop
    private let handler: NIOLoopBound<TCPHandler>

    /// How long a close waits for bytes that the kernel has not taken.
    package static let closeGrace: Duration = .seconds(2)

    init(loop: Loop, handler: TCPHandler) {
        self.loop = loop
        self.handler = NIOLoopBound(handler, eventLoop: loop.eventLoop)
    }

    package func start(_ receiver: any ByteReceiver) {
        handler.value.start(receiver)
    }

    package func send(_ bytes: UnsafeRawBufferPointer) {
        handler.value.send(bytes)
    }

    @discardableResult
    package func keepAlive(_ settings: KeepAlive) -> Bool {
        handler.value.keepAlive(settings)
    }

    package func close() {
        handler.value.close()
    }
}

/// Connects a channel's pipeline to a `ByteReceiver`.
final class TCPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let outgoing: OutgoingBuffer
    private var context: ChannelHandlerContext?
    private var receiver: (any ByteReceiver)?
    /// What came before there was a receiver.
    private var early: ByteBuffer?
    private var end: TransportEnd?
    private var closing = false

    /// A handler of a connection that has ended already, if `end` is given.
    init(outgoing: OutgoingBuffer, end: TransportEnd? = nil) {
        self.outgoing = outgoing
        self.end = end
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func start(_ receiver: any ByteReceiver) {
        self.receiver = receiver
        if let early {
            self.early = nil
            early.withUnsafeReadableBytes { receiver.received($0) }
            // Unless that has made it close the connection.
            self.receiver?.burstEnded()
        }
        if end != nil { announceEnd() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if let receiver {
            buffer.withUnsafeReadableBytes { receiver.received($0) }
        } else if early == nil {
            early = buffer
        } else {
            early?.writeBuffer(&buffer)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        receiver?.burstEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if end == nil {
            // The system's questions were not answered, or what was sent was not confirmed in time.
            let hasGone = (error as? IOError)?.errnoCode == ETIMEDOUT
            end = hasGone ? .gone(nil) : .lost(systemText(error))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if end == nil { end = closing ? .closedHere : .closedByPeer }
        announceEnd()
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        guard let context, !closing, end == nil, bytes.count > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(outgoing.filled(with: bytes)), promise: nil)
    }

    /// An idle peer is asked by the system itself; one that does not confirm what was sent to it is given up in the same time.
    ///
    /// - Returns: Whether the system will notice.
    func keepAlive(_ settings: KeepAlive) -> Bool {
        guard let options = context?.channel.syncOptions else { return false }
        if !settings.asksByTCP { try? options.setOption(.socketOption(.so_keepalive), value: 0) }
        guard settings.interval > .zero else { return settings.asksByTCP }
        let seconds = max(1, Int(settings.interval.components.seconds))
        let count = max(1, settings.count)
        #if canImport(Darwin)
            let wanted: [(CInt, Int)] = [(TCP_KEEPALIVE, seconds), (TCP_KEEPINTVL, seconds), (TCP_KEEPCNT, count)]
        #else
            let wanted: [(CInt, Int)] = [
                (TCP_KEEPIDLE, seconds), (TCP_KEEPINTVL, seconds), (TCP_KEEPCNT, count),
                (CInt(TCP_USER_TIMEOUT), seconds * count * 1000),
            ]
        #endif
        for (name, value) in wanted {
            try? options.setOption(.tcpOption(.init(rawValue: name)), value: value)
        }
        #if canImport(Darwin)
            return settings.asksByTCP
        #else
            return true
        #endif
    }

    func close() {
        guard let context, !closing else { return }
        closing = true
        if (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0 { return context.close(promise: nil) }
        // Writes are done in order: once this empty one is, so are all before it.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in self.context?.close(promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(TCPTransport.closeGrace.wholeNanoseconds)) {
            self.context?.close(promise: nil)
        }
    }

    private func announceEnd() {
        guard let receiver, let end else { return }
        self.receiver = nil
        receiver.ended(end)
    }
}

/// The system's text for an I/O error, without the wrapping of the library that threw it.
func systemText(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return String(cString: strerror(error.errnoCode))
}
