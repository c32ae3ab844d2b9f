import MusterConsole
import MusterSSH
import MusterTransport

/// The way from a device's name to its first prompt, phase by phase, within one time limit.
struct DeviceLogin {
    let device: Device
    let environment: DeviceEnvironment
    let loop: Loop
    /// The caller sends a command right after the login.
    let sendsAtOnce: Bool
    var clock: PhaseClock

    init(device: Device, environment: DeviceEnvironment, loop: Loop, sendsAtOnce: Bool = false) {
        self.device = device
        self.environment = environment
        self.loop = loop
        self.sendsAtOnce = sendsAtOnce
        clock = PhaseClock(at: loop.now)
    }

    var deadline: Instant { clock.began + connectTimeout }

    /// The time that the way may take: the device's own, or the run's.
    var connectTimeout: Duration { device.ssh.connectTimeout ?? environment.connectTimeout }

    mutating func enter(_ phase: Phase) {
        clock.enter(phase, at: loop.now)
        environment.events(.phase(host: device.name, phase))
    }

    /// Ends the phase under way, where the login stopped.
    mutating func finishClock() {
        clock.finish(at: loop.now)
    }

    /// Logs in; what was opened on the way is closed again when a phase fails.
    ///
    /// - Throws: `MusterError`; its code is `cancelled` when the task was cancelled.
    mutating func run() async throws(MusterError) -> OpenDevice {
        guard let platform = Platform.builtIn(named: device.platform) else {
            throw failure(
                .usage, "unknown platform '\(device.platform)'",
                hint: "the built-in platforms are \(Platform.builtInNames.joined(separator: ", "))")
        }
        switch device.transport {
        case .ssh, .auto: return try await runSSH(platform)
        case .telnet: return try await runTelnet(platform)
        case .openssh: throw failure(.usage, "the transport \(device.transport.rawValue) cannot be used yet")
        }
    }

    /// The way to the device: a connection, or a channel of the last bastion's.
    mutating func connect() async throws(MusterError) -> any ByteTransport {
        environment.events(.phase(host: device.name, .resolve))
        if let bastion = environment.bastions.bastion(for: device.jump) {
            enter(.connect)
            do throws(BastionError) {
                return try await bastion.channel(to: device.address, port: device.port, deadline: deadline)
            } catch {
                throw wrapped(error, limit: connectTimeout)
            }
        }
        // Connecting directly instead would be a surprise, and may reach another device.
        guard device.ssh.proxyCommand == nil else {
            throw failure(
                .usage, "ssh_config has a ProxyCommand for it, which the built-in transport cannot use",
                hint: "use ProxyJump or `jump` instead, --transport openssh, or -F none where the device can be reached directly")
        }
        do {
            let family = device.ssh.addressFamily.flatMap { TCP.Family(rawValue: $0.rawValue) } ?? .any
            let addresses = try await TCP.resolve(host: device.address, port: device.port, family: family, on: loop, deadline: deadline)
            enter(.connect)
            return try await TCP.connect(to: addresses, from: device.ssh.bindAddress, on: loop, deadline: deadline)
        } catch {
            throw wrapped(error)
        }
    }

    // MARK: Credentials

    func credentials() throws(MusterError) -> [Credential] {
        var credentials: [Credential] = []
        for path in device.identities {
            switch environment.keyFiles[path] {
            case .content(let bytes):
                credentials.append(.publicKey(name: path, content: bytes, passphrase: device.passphrase?.reveal()))
            case .unreadable where device.ssh.identitiesAreOptional: break
            case .unreadable(let why):
                throw failure(.credential, phase: .authenticate, "the key file \(path) is of no use: \(why)", hint: "check `identity`")
            case nil: break
            }
        }
        if let password = device.password { credentials.append(.password(password.reveal())) }
        return credentials
    }

    // MARK: Host keys

    func check(_ key: HostKey) throws(MusterError) {
        guard let known = environment.knownHosts, hostKeyPolicy != .off else { return }
        let name = KnownHosts.name(host: keyName.host, port: keyName.port)
        let pins = hostKeyPolicy == .acceptNew
        let verdict =
            pins
            ? known.pinIfUnknown(host: keyName.host, port: keyName.port, key: key)
            : known.verdict(host: keyName.host, port: keyName.port, key: key)
        switch verdict {
        case .known:
            return
        case .unknown where pins:
            environment.events(.pinned(host: device.name, keyType: key.type, fingerprint: key.fingerprint))
        case .unknown:
            throw failure(
                .hostKey, phase: .hostKey, "the host key of \(name) is not known: \(key.type) \(key.fingerprint)",
                hint: "compare the fingerprint with the device's and add the key to \(known.path), or use --host-keys accept-new once")
        case .changed(let entries):
            let expected = entries.map { "\($0.key.type) \($0.key.fingerprint) (\($0.origin))" }.joined(separator: ", ")
            throw failure(
                .hostKey, phase: .hostKey,
                "the host key of \(name) has changed: expected \(expected), seen \(key.type) \(key.fingerprint)",
                hint: "someone may be in between; if the device was replaced, remove the old key: ssh-keygen -R '\(name)' -f \(known.path)")
        case .revoked(let entry):
            throw failure(
                .hostKey, phase: .hostKey, "the host key of \(name) is revoked: \(key.type) \(key.fingerprint) (\(entry.origin))",
                hint: "the device needs a new host key")
        }
    }

    // MARK: Errors

    func failure(_ code: MusterError.Code, phase: Phase? = nil, _ message: String, hint: String? = nil) -> MusterError {
        MusterError(code, phase: phase ?? clock.phase, device: device.name, message: message, hint: hint)
    }

    func wrapped(_ error: TransportError) -> MusterError {
        let limit = connectTimeout.shown
        switch error {
        case .unknownHost(let text):
            return failure(
                .unknownHost, "'\(device.address)' has no address: \(text)", hint: "check the spelling, or set `address` to an IP address")
        case .resolveTimedOut:
            return failure(
                .timeout, "no answer from the resolver for '\(device.address)' within \(limit)",
                hint: "check DNS, or set `address` to an IP address")
        case .connectFailed(let address, let text):
            return failure(
                .connection, "no connection to \(address): \(text.lowercasedFirst)",
                hint: "check the address, the port, and that SSH is enabled")
        case .connectTimedOut(let address):
            return failure(
                .timeout, "no answer from \(address) within \(limit)",
                hint: "the device is down, or a firewall drops the packets; --connect-timeout sets the time")
        case .cancelled:
            return failure(.cancelled, "cancelled")
        }
    }

    func wrapped(_ error: SSHError) -> MusterError {
        let code: MusterError.Code =
            switch error.kind {
            case .notSSH, .keyExchange: .handshake
            case .noCommonAlgorithm: .noCommonAlgorithm
            case .connectionLost: .connectionLost
            case .hostKey: .hostKey
            case .refused: .authentication
            case .credential: .credential
            case .channel, .channelShortage, .forwardingRefused, .unreachableTarget: .channel
            case .timedOut: .timeout
            case .cancelled: .cancelled
            }
        let phase: Phase =
            switch error.stage {
            case .handshake: .handshake
            case .hostKey: .hostKey
            case .authentication: .authenticate
            case .open: .open
            }
        let elapsed = error.kind == .timedOut ? " within \(connectTimeout.shown)" : " (after \((loop.now - clock.began).shown))"
        return failure(code, phase: phase, error.message + elapsed, hint: error.hint)
    }
}
