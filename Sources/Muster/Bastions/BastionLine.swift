import MusterSSH
import MusterTransport

/// A connection to a bastion, logged in, that opens connections onwards; every call is made on its loop.
protocol BastionLine: Sendable {
    /// What it goes by: `ssh` or `openssh`.
    var kind: DeviceTransport { get }

    /// How many connections it can be opening at once.
    var opensAtOnce: Int { get }

    /// Opens a connection to a host and port behind the bastion.
    ///
    /// - Parameter completion: Called once, on the loop. The error's kinds `unreachableTarget`, `forwardingRefused` and `channelShortage` are the
    ///   bastion's answers. It cannot be cancelled.
    func open(to host: String, port: Int, completion: @escaping @Sendable (Result<any ByteTransport, SSHError>) -> Void)

    /// Calls `observer` once, on the loop, when it has ended.
    func whenLost(_ observer: @escaping @Sendable () -> Void)

    /// Ends it at once.
    func abort()

    /// Logs out, and returns when nothing of it is left.
    func logOut() async
}

extension SSHSession: BastionLine {
    nonisolated var kind: DeviceTransport { .ssh }

    /// libssh2 gives two channels that are opened at once to each other's callers.
    nonisolated var opensAtOnce: Int { 1 }

    nonisolated func open(to host: String, port: Int, completion: @escaping @Sendable (Result<any ByteTransport, SSHError>) -> Void) {
        assumeIsolated { session in session.openTunnel(to: host, port: port) { completion($0.map { $0 }) } }
    }

    nonisolated func whenLost(_ observer: @escaping @Sendable () -> Void) {
        assumeIsolated { $0.whenOver(observer) }
    }

    nonisolated func abort() {
        assumeIsolated { $0.abort(SSHError(.cancelled, stage: .open, "nobody waits for it")) }
    }

    func logOut() async {
        close()
    }
}
