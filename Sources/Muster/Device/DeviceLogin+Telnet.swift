import MusterConsole
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by telnet, as far as the first prompt.
    ///
    /// There is no handshake and no host key: whoever answers is taken for the device, and asks in the terminal who is there.
    func runTelnet(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        let connection = try await connect()
        enter(.login)
        let terminal = TelnetCodec.Terminal(
            columns: platform.pty.columns, rows: platform.pty.rows,
            // For a server that does not know the first: RFC 1091's name for a terminal of no known kind.
            types: [platform.pty.term, "unknown"])
        let transport = TelnetTransport(over: connection, terminal: terminal, newline: platform.telnetNewline)
        let keepAlive = environment.keepAlive
        transport.loop.execute { transport.keepAlive(keepAlive) }
        do throws(MusterError) {
            return try await openCountedConsole(over: transport, platform: platform, carrier: transport, isExpected: true)
        } catch {
            transport.cancel()
            throw error
        }
    }
}

extension TelnetTransport: ConsoleCarrier {
    package func close(after lastWords: @Sendable () -> Void) async {
        let before = sentBytes
        lastWords()
        // What is behind a console server goes on without a farewell, which is lost if the connection is reset.
        if sentBytes > before { await linger(quiet: .milliseconds(500), atMost: .seconds(2)) }
        close()
    }

    package nonisolated func cancel() {
        loop.execute { self.close() }
    }
}

extension Device {
    /// What to answer when the device asks, in the terminal, who is there; nil where the platform's definition has no such questions answered.
    ///
    /// - Parameter isExpected: whether it is to be expected that it asks, as over telnet.
    func terminalLogin(on platform: Platform, isExpected: Bool) -> LoginCredentials? {
        guard !platform.bypassInSessionAuth else { return nil }
        let (user, password) = firstPassword
        return LoginCredentials(user: user, password: password, isExpected: isExpected || platform.forceInSessionAuth)
    }
}
