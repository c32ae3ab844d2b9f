import MusterConsole
import MusterTransport

/// The way from a connection to the first prompt over telnet.
///
/// There is no handshake and no host key: whoever answers is taken for the device, and it asks in the terminal who is there.
struct TelnetLogin {
    let device: Device
    let platform: Platform
    let timeout: Duration
    let sendsAtOnce: Bool

    /// - Parameters:
    ///   - timeout: the time for getting in, for the error when it is over.
    ///   - sendsAtOnce: the caller sends a command right after the login.
    init(device: Device, platform: Platform, timeout: Duration, sendsAtOnce: Bool = false) {
        self.device = device
        self.platform = platform
        self.timeout = timeout
        self.sendsAtOnce = sendsAtOnce
    }

    /// Logs in over `connection`, which is closed again when that fails.
    ///
    /// - Parameters:
    ///   - connection: TCP, or a channel through a bastion; nobody has started it.
    ///   - deadline: when to give up.
    /// - Throws: `MusterError`; its code is `cancelled` when the task was cancelled.
    func run(over connection: any ByteTransport, deadline: Instant) async throws(MusterError) -> Console {
        let terminal = TelnetCodec.Terminal(
            columns: platform.pty.columns, rows: platform.pty.rows,
            // The second is the name for a terminal without one (RFC 1091), for a server that does not know the first.
            types: [platform.pty.term, "unknown"])
        let transport = TelnetTransport(over: connection, terminal: terminal, newline: platform.telnetNewline)
        let console = Console(transport: transport, platform: platform, secrets: device.secrets.mapValues { $0.reveal() })
        do {
            try await console.open(
                deadline: deadline, credentials: device.terminalLogin(on: platform, isExpected: true), sendsAtOnce: sendsAtOnce)
            return console
        } catch {
            // It may have thrown without having begun, and then it lives nowhere yet.
            connection.loop.execute { transport.close() }
            throw device.wrapped(error, phase: .login, timeout: timeout)
        }
    }
}

extension Device {
    /// What to answer when the device asks, in the terminal, who is there; nil where the platform's definition forbids that.
    ///
    /// - Parameter isExpected: whether it is expected to ask, as over telnet.
    func terminalLogin(on platform: Platform, isExpected: Bool) -> LoginCredentials? {
        guard !platform.bypassInSessionAuth else { return nil }
        return LoginCredentials(user: user, password: password?.reveal(), isExpected: isExpected || platform.forceInSessionAuth)
    }
}
