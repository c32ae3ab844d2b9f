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

extension LocalTransport {
    /// A connection of which another process has got the far end.
    package struct HandedOver: Sendable {
        /// The connection to the process, over which it was asked.
        package let control: any ByteTransport
        /// The connection itself.
        package let stream: any ByteTransport
    }

    /// Connects to a process's socket, sends it a request, and hands it the far end of a new connection.
    ///
    /// - Parameters:
    ///   - path: The socket's.
    ///   - request: What is sent before.
    ///   - copies: How many descriptors of the far end the process takes, each with a byte that is zero.
    ///   - done: Called once, on the loop.
    package static func handOver(
        path: String, request: [UInt8], copies: Int, on loop: Loop, then done: @escaping @Sendable (Result<HandedOver, Failure>) -> Void
    ) {
        // A process that has many connections to let in makes the call wait.
        Blocking.submit {
            var (control, stream): (Int32, Int32) = (-1, -1)
            let number = request.withUnsafeBytes { muster_hand_over(path, $0.baseAddress, $0.count, Int32(copies), &control, &stream) }
            let ends = (control, stream)
            loop.execute {
                guard number == 0 else { return done(.failure(Failure(text: String(cString: strerror(number))))) }
                let control = adopt(ends.0, on: loop)
                let stream = adopt(ends.1, on: loop)
                control.and(stream).whenComplete { result in
                    switch result {
                    case .success(let (control, stream)): done(.success(HandedOver(control: control, stream: stream)))
                    case .failure(let error):
                        for half in [control, stream] { half.whenSuccess { $0.close() } }
                        done(.failure(Failure(text: systemText(error))))
                    }
                }
            }
        }
    }

    private static func adopt(_ descriptor: Int32, on loop: Loop) -> EventLoopFuture<TCPTransport> {
        let handlers = NIOLoopBoundBox.makeEmptyBox(valueType: TCPHandler.self, eventLoop: loop.eventLoop)
        return ClientBootstrap(group: loop.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = TCPHandler(outgoing: loop.outgoing)
                    handlers.value = handler
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .withConnectedSocket(descriptor)
            .map { _ in TCPTransport(loop: loop, handler: handlers.value ?? TCPHandler(outgoing: loop.outgoing, end: .closedByPeer)) }
    }
}
