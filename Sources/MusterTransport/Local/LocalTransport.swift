import NIOCore
import NIOPosix

/// Connections to Unix sockets of this machine.
package enum LocalTransport {
    /// Why no connection was made; the text is the system's.
    package struct Failure: Error, Sendable {
        package let text: String
    }

    /// Connects to a socket, on `loop`, without waiting.
    ///
    /// - Parameter done: Called once, on the loop.
    package static func connect(
        path: String, on loop: Loop, then done: @escaping @Sendable (Result<any ByteTransport, Failure>) -> Void
    ) {
        let handlers = NIOLoopBoundBox.makeEmptyBox(valueType: TCPHandler.self, eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = TCPHandler(outgoing: loop.outgoing)
                    handlers.value = handler
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(unixDomainSocketPath: path)
            .whenComplete { result in
                switch result {
                case .success:
                    done(
                        .success(
                            TCPTransport(loop: loop, handler: handlers.value ?? TCPHandler(outgoing: loop.outgoing, end: .closedByPeer))))
                case .failure(let error): done(.failure(Failure(text: systemText(error))))
                }
            }
    }
}
