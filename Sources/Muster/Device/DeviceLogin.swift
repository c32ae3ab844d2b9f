import MusterConsole
import MusterInventory
import MusterSSH
import MusterTransport

/// The way from a device's name to its first prompt, phase by phase, within one time limit.
///
/// A class, for one task alone: of a value each function on the way would keep copies in its frame for as long as the session lasts.
final class DeviceLogin {
    let device: Device
    let environment: DeviceEnvironment
    let loop: Loop
    /// The caller sends a command right after the login.
    let sendsAtOnce: Bool
    /// The caller wants commands run, and can do without a shell.
    let allowsExec: Bool
    let timer: LoginTimer
    let hostKeyCheck: HostKeyCheck
    var clock: PhaseClock
    /// What libssh2 lacked, where that alone was the reason for a failure.
    var gap: SSHError.Gap?
    /// What was agreed on that only old gear needs.
    var legacyAlgorithms: [String] = []
    /// The password that the device may ask for in the terminal, where that is not expected.
    var terminalPassword: TerminalPassword?
    /// Who logs in by the system's `ssh` at the moment: to the bastions, and then to the device.
    var openSSHLogins: [OpenSSHLogin] = []
    /// Whether the device itself has answered that login with a refusal.
    var hasBeenAnswered = false
    /// What went on on the way that the result is to tell.
    private(set) var warnings: [String] = []
    /// Whether the password was typed in the terminal.
    var hasTypedPassword = false
    /// Only the platform is to be found out; its set-up is left.
    let stopsAtVerdict: Bool
    /// It is of no use in a mode below the platform's usual one.
    let needsUsualMode: Bool
    /// What the device was found to be, whatever came after that.
    var detected: DetectionMachine.Verdict?
    /// Whether the device wants another password in the place of the right one.
    var passwordHasExpired = false
    /// The types of the host keys that the device has shown so far.
    var shownKeyTypes: [String] = []

    init(
        device: Device, environment: DeviceEnvironment, loop: Loop, sendsAtOnce: Bool = false, allowsExec: Bool = false,
        stopsAtVerdict: Bool = false, needsUsualMode: Bool = false
    ) {
        self.device = device
        self.environment = environment
        self.loop = loop
        self.sendsAtOnce = sendsAtOnce
        self.allowsExec = allowsExec
        self.stopsAtVerdict = stopsAtVerdict
        self.needsUsualMode = needsUsualMode
        hostKeyCheck = HostKeyCheck(device: device, environment: environment)
        clock = PhaseClock(at: loop.now)
        timer = LoginTimer(loop: loop, deadline: clock.began + (device.ssh.connectTimeout ?? environment.connectTimeout))
    }

    var deadline: Instant { timer.deadline }

    /// The time that the way may take: the device's own, or the run's.
    var connectTimeout: Duration { device.ssh.connectTimeout ?? environment.connectTimeout }

    func enter(_ phase: Phase) {
        clock.enter(phase, at: loop.now)
        environment.events(.phase(host: device.name, phase))
    }

    /// Tells of what went on, at once and in the result.
    func warn(_ text: String) {
        warnings.append(text)
        environment.events(.warning(host: device.name, text))
    }

    /// Ends the phase under way, where the login stopped.
    func finishClock() {
        clock.finish(at: loop.now)
    }

    /// Logs in; what was opened on the way is closed again when a phase fails.
    ///
    /// - Throws: `MusterError`; its code is `cancelled` when the task was cancelled.
    func run() async throws(MusterError) -> OpenDevice {
        guard let platform = environment.platforms.platform(named: device.platform) else {
            let nearest = environment.platforms.nearest(to: device.platform).map { "did you mean '\($0)'?" }
            throw failure(
                .usage, "unknown platform '\(device.platform)'",
                hint: nearest ?? "the platforms are \(environment.platforms.names.joined(separator: ", "))")
        }
        if let reason = reasonAgainstExec(platform) {
            throw failure(.usage, "it can't have exec channels: \(reason.message)", hint: reason.hint)
        }
        switch device.transport {
        case .ssh: return try await runSSH(platform)
        case .openssh: return try await runOpenSSH(platform)
        case .auto: return try await runAuto(platform)
        case .telnet: return try await runTelnet(platform)
        }
    }

    /// The way to the device: a connection, or a channel of the last bastion's.
    func connect() async throws(MusterError) -> any ByteTransport {
        environment.events(.phase(host: device.name, .resolve))
        if let bastion = environment.bastions.bastion(for: device.jump) { return try await connect(through: bastion) }
        if let command = device.ssh.proxyCommand { return try await connect(by: command) }
        return try await connectByTCP()
    }

    private func connect(through bastion: Bastion) async throws(MusterError) -> any ByteTransport {
        enter(.connect)
        do throws(BastionError) {
            return try await bastion.channel(to: device.address, port: device.port, timer: timer)
        } catch {
            throw wrapped(error, limit: connectTimeout)
        }
    }

    private func connect(by proxyCommand: String) async throws(MusterError) -> any ByteTransport {
        enter(.connect)
        do {
            return try await environment.proxies.start(proxyCommand, on: loop)
        } catch {
            throw wrapped(error)
        }
    }

    private func connectByTCP() async throws(MusterError) -> any ByteTransport {
        do {
            let family = device.ssh.addressFamily.flatMap { TCP.Family(rawValue: $0.rawValue) } ?? .any
            let addresses = try await TCP.resolve(host: device.address, port: device.port, family: family, on: loop, deadline: deadline)
            enter(.connect)
            return try await TCP.connect(to: addresses, from: device.ssh.bindAddress, on: loop, deadline: deadline)
        } catch {
            throw wrapped(error)
        }
    }

    // MARK: Errors

    /// The failure of a device that need not be connected to: nothing but useless keys is configured for it, or a file that is not there.
    func failure(ofUseless credentials: [Credential]) -> MusterError? {
        var reasons: [String] = []
        var hints: [String] = []
        for case .unusable(let name, let problem, let hint) in credentials {
            let reason = "the \(name) is of no use: \(problem.message)"
            // A name that was mistyped is a mistake to mend, whatever else there is.
            if problem == .missing, !device.ssh.identitiesAreOptional {
                return failure(.credential, phase: .authenticate, reason, hint: hint)
            }
            reasons.append(reason)
            if let hint { hints.append(hint) }
        }
        guard !reasons.isEmpty, reasons.count == credentials.count else { return nil }
        return failure(.credential, phase: .authenticate, reasons.joined(separator: "; "), hint: hints.first)
    }

    func failure(_ code: MusterError.Code, phase: Phase? = nil, _ message: String, hint: String? = nil) -> MusterError {
        MusterError(code, phase: phase ?? clock.phase, device: device.name, message: message, hint: hint)
    }

    func wrapped(_ error: TransportError) -> MusterError {
        let limit = connectTimeout.shown
        switch error {
        case .unknownHost(let text):
            return failure(
                .unknownHost, "'\(device.address)' has no address: \(text)",
                hint: device.address.hintForPort ?? "check the spelling, or set `address` to an IP address")
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

    func wrapped(_ error: ChildStartError) -> MusterError {
        switch error {
        case .failed(let program, let text):
            failure(.connection, "the ProxyCommand cannot be run by \(program.escapedForMessage()): \(text)", hint: "check $SHELL")
        case .cancelled: failure(.cancelled, "cancelled")
        }
    }

    func wrapped(_ error: SSHError) -> MusterError {
        let code = error.code
        let phase: Phase =
            switch error.stage {
            case .handshake: .handshake
            case .hostKey: .hostKey
            case .authentication: .authenticate
            case .open: .open
            }
        if error.kind == .withheld { return failure(code, phase: phase, error.message, hint: error.hint) }
        let elapsed = error.kind == .timedOut ? " within \(connectTimeout.shown)" : " (after \((loop.now - clock.began).shown))"
        return failure(code, phase: phase, error.message + elapsed, hint: hintForProxy(after: error) ?? error.hint)
    }

    /// What to do where the way that a program was to make has ended before the device was there.
    private func hintForProxy(after error: SSHError) -> String? {
        guard device.jump.isEmpty, device.ssh.proxyCommand != nil, error.kind == .connectionLost, error.stage == .handshake else {
            return nil
        }
        return "run the ProxyCommand by hand to see what it says; it has to reach \(device.address) port \(device.port)"
    }
}

extension String {
    /// How an IPv6 address with a port behind it is written, where this looks like one.
    fileprivate var hintForPort: String? {
        let parts = split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 3, let last = parts.last, let port = Int(last), (1...65535).contains(port) else { return nil }
        return "an IPv6 address with a port is written [\(parts.dropLast().joined(separator: ":"))]:\(port)"
    }
}

extension SSHError {
    /// The public code for it.
    var code: MusterError.Code {
        switch kind {
        case .notSSH, .keyExchange: .handshake
        case .noCommonAlgorithm: .noCommonAlgorithm
        case .connectionLost: .connectionLost
        case .hostKey: .hostKey
        case .refused, .expired: .authentication
        case .withheld: .skipped
        case .brokenExchange: .connectionLost
        case .credential: .credential
        case .channel, .execRefused, .channelShortage, .forwardingRefused, .unreachableTarget: .channel
        case .timedOut: .timeout
        case .cancelled: .cancelled
        }
    }
}
