package import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Making TCP connections.
package enum TCP {
    /// Threads for the system's resolver, which blocks for seconds when DNS is down: files must not wait behind it.
    private static let resolvers: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 16)
        pool.start()
        return pool
    }()

    /// Which addresses of a host are used.
    package enum Family: String, Sendable {
        case any, inet, inet6

        fileprivate var number: Int32 {
            switch self {
            case .any: AF_UNSPEC
            case .inet: AF_INET
            case .inet6: AF_INET6
            }
        }

        fileprivate func includes(_ address: SocketAddress) -> Bool {
            switch self {
            case .any: true
            case .inet: address.protocol == .inet
            case .inet6: address.protocol == .inet6
            }
        }
    }

    /// The addresses of a host, at least one.
    ///
    /// - Parameters:
    ///   - host: A name, or an IPv4 or IPv6 address, which needs no look-up.
    ///   - port: The TCP port.
    ///   - family: Which addresses count.
    ///   - loop: The loop whose clock `deadline` refers to.
    ///   - deadline: When to give up. The system's resolver has no way to cancel; its thread is left to finish by itself.
    package static func resolve(
        host: String, port: Int, family: Family = .any, on loop: Loop, deadline: Instant
    ) async throws(TransportError) -> [SocketAddress] {
        if let literal = try? SocketAddress(ipAddress: host, port: port) {
            guard family.includes(literal) else { throw .unknownHost("it is no \(family == .inet ? "IPv4" : "IPv6") address") }
            return [literal]
        }
        let promise = loop.eventLoop.makePromise(of: Result<[SocketAddress], TransportError>.self)
        let waiting = OneShot(promise)
        let timer = loop.schedule(at: deadline) { waiting.complete(.failure(.resolveTimedOut)) }
        resolvers.submit { _ in
            // One that was given up in the queue must not hold up those behind it.
            if waiting.isOpen { waiting.complete(lookUp(host, port: port, family: family)) }
        }
        let result = await withTaskCancellationHandler {
            await value(of: promise.futureResult)
        } onCancel: {
            waiting.complete(.failure(.cancelled))
        }
        timer.cancel()
        return try result.get()
    }

    /// Connects to the first of `addresses` that answers, on `loop`.
    ///
    /// Several addresses are tried side by side the way RFC 8305 describes. With a local address, only those of its family count.
    package static func connect(
        to addresses: [SocketAddress], from local: String? = nil, on loop: Loop, deadline: Instant
    ) async throws(TransportError) -> TCPTransport {
        if let local { return try await connect(to: addresses, from: local, on: loop, deadline: deadline) }
        return try await connect(to: addresses, bound: nil, on: loop, deadline: deadline)
    }

    private static func connect(
        to addresses: [SocketAddress], from local: String, on loop: Loop, deadline: Instant
    ) async throws(TransportError) -> TCPTransport {
        let shown = addresses.first.map(describe(address:)) ?? "no address"
        let ends: [SocketAddress]
        do throws(TransportError) {
            ends = try await resolve(host: local, port: 0, on: loop, deadline: deadline)
        } catch {
            guard case .unknownHost(let text) = error else { throw error }
            throw .connectFailed(address: shown, "the local address '\(local)' is unknown: \(text)")
        }
        for end in ends {
            let fitting = addresses.filter { $0.protocol == end.protocol }
            if !fitting.isEmpty { return try await connect(to: fitting, bound: end, on: loop, deadline: deadline) }
        }
        throw .connectFailed(address: shown, "the local address '\(local)' is of another family")
    }

    private static func connect(
        to addresses: [SocketAddress], bound local: SocketAddress?, on loop: Loop, deadline: Instant
    ) async throws(TransportError) -> TCPTransport {
        // Kept here and not looked up in the pipeline, which is empty again when the peer has closed the connection at once.
        let handlers = NIOLoopBoundBox.makeEmptyBox(valueType: [ObjectIdentifier: TCPHandler].self, eventLoop: loop.eventLoop)
        let patience = max(deadline - loop.now, .milliseconds(1))
        var bootstrap = ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.nanoseconds(patience.wholeNanoseconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Set at once: as options of the bootstrap each would be a future of its own.
                    try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
                    try channel.syncOptions?.setOption(.socketOption(.so_keepalive), value: 1)
                    try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 4)
                    let handler = TCPHandler(outgoing: loop.outgoing)
                    handlers.value = (handlers.value ?? [:]).merging([ObjectIdentifier(channel): handler]) { $1 }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        if let local { bootstrap = bootstrap.bind(to: local) }
        let shown = addresses.first.map(describe(address:)) ?? "no address"
        let future: EventLoopFuture<any Channel>
        if addresses.count == 1 {
            future = bootstrap.connect(to: addresses[0])
        } else {
            let known = KnownAddresses(addresses, on: loop.eventLoop)
            future = bootstrap.resolver(known).connect(host: shown, port: addresses.first?.port ?? 0)
        }
        // A connection that a cancelled task no longer wants is closed when it comes.
        let promise = loop.eventLoop.makePromise(of: Result<TCPTransport, TransportError>.self)
        let waiting = OneShot(promise)
        future.whenComplete { result in
            switch result {
            case .success(let channel):
                let handler = handlers.value?[ObjectIdentifier(channel)] ?? TCPHandler(outgoing: loop.outgoing, end: .closedByPeer)
                if !waiting.complete(.success(TCPTransport(loop: loop, handler: handler))) { channel.close(promise: nil) }
            case .failure(let error):
                waiting.complete(.failure(reason(error, address: shown)))
            }
        }
        let result = await withTaskCancellationHandler {
            await value(of: promise.futureResult)
        } onCancel: {
            waiting.complete(.failure(.cancelled))
        }
        return try result.get()
    }

    private static func reason(_ error: any Error, address: String) -> TransportError {
        if case ChannelError.connectTimeout = error { return .connectTimedOut(address: address) }
        if let error = error as? NIOConnectionError {
            let causes = error.connectionErrors.map(\.error)
            if causes.isEmpty { return .connectTimedOut(address: address) }
            let tried = error.connectionErrors.map { describe(address: $0.target) }.joined(separator: ", ")
            return reason(causes[causes.count - 1], address: tried)
        }
        return .connectFailed(address: address, systemText(error))
    }

    private static func value<T>(of future: EventLoopFuture<T>) async -> T where T: Sendable {
        await withCheckedContinuation { continuation in
            future.whenSuccess { continuation.resume(returning: $0) }
        }
    }

    /// `192.0.2.1:22` or `[2001:db8::1]:22`.
    private static func describe(address: SocketAddress) -> String {
        let ip = address.ipAddress ?? "\(address)"
        guard let port = address.port else { return ip }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    /// Asks the system's resolver; it blocks, and so runs on the thread pool.
    private static func lookUp(_ host: String, port: Int, family: Family) -> Result<[SocketAddress], TransportError> {
        var hints = addrinfo()
        hints.ai_family = family.number
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else { return .failure(.unknownHost(String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if entry.ai_family == AF_INET {
                entry.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    addresses.append(SocketAddress($0.pointee, host: host))
                }
            } else if entry.ai_family == AF_INET6 {
                entry.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    addresses.append(SocketAddress($0.pointee, host: host))
                }
            }
            next = entry.ai_next
        }
        return addresses.isEmpty ? .failure(.unknownHost("no IPv4 or IPv6 address")) : .success(addresses)
    }
}

/// Gives the bootstrap's address race the addresses that are known already.
private final class KnownAddresses: Resolver, Sendable {
    private let v4: EventLoopFuture<[SocketAddress]>
    private let v6: EventLoopFuture<[SocketAddress]>

    init(_ addresses: [SocketAddress], on eventLoop: any EventLoop) {
        v4 = eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
        v6 = eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { v4 }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { v6 }
    func cancelQueries() {}
}
