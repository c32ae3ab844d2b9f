import CProcess
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Answers requests of other processes of the same user on a Unix socket: one request and one reply a connection.
///
/// A request ends where the peer ends its side. Who is another user gets no reply, whatever the file's permissions say.
package final class LocalServer: Sendable {
    /// Takes the reply to a request, once, from any thread; `nil` ends the connection without one.
    package typealias Reply = @Sendable ([UInt8]?) -> Void

    /// How long a request may be.
    static let limit = 64 * 1024

    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// Listens at a path, whose folder only the user may enter.
    ///
    /// - Parameter answer: Gets each request, on the loop.
    /// - Throws: The system's reason.
    package static func start(
        path: String, on loop: Loop, answer: @escaping @Sendable ([UInt8], @escaping Reply) -> Void
    ) async throws -> LocalServer {
        let channel = try await ServerBootstrap(group: loop.eventLoop)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(LocalRequest(answer: answer)) }
            }
            .bind(unixDomainSocketPath: path).get()
        return LocalServer(channel: channel)
    }

    /// Listens no more, and removes the socket.
    package func stop() async {
        try? await channel.close()
    }
}

/// One connection to a local server.
private final class LocalRequest: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: @Sendable ([UInt8], @escaping LocalServer.Reply) -> Void
    private var request = ByteBuffer()

    init(answer: @escaping @Sendable ([UInt8], @escaping LocalServer.Reply) -> Void) {
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        if Self.peer(of: context.channel) != getuid() { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        request.writeBuffer(&bytes)
        if request.readableBytes > LocalServer.limit { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        let channel = context.channel
        answer(Array(request.readableBytesView)) { reply in
            guard let reply else { return channel.close(promise: nil) }
            channel.writeAndFlush(channel.allocator.buffer(bytes: reply)).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The user at the other end; `nil` when the system does not say.
    private static func peer(of channel: any Channel) -> uid_t? {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        var user: uid_t?
        // Both futures are complete when they return, since this is the channel's loop.
        #if canImport(Darwin)
            let future: EventLoopFuture<xucred> = options.unsafeGetSocketOption(
                level: NIOBSDSocket.OptionLevel(rawValue: SOL_LOCAL), name: NIOBSDSocket.Option(rawValue: LOCAL_PEERCRED))
            future.assumeIsolated().whenSuccess { user = $0.cr_uid }
        #else
            let future: EventLoopFuture<muster_peer> = options.unsafeGetSocketOption(
                level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
            future.assumeIsolated().whenSuccess { user = $0.user }
        #endif
        return user
    }
}
