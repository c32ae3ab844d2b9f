import MusterSSH
import MusterTransport

/// A bastion that the system's `ssh` is logged in to: one process, which opens any number of connections over its own.
///
/// It is asked over its control socket, and gets one end of a pair of sockets for each connection: a device costs no process.
actor OpenSSHMaster: BastionLine {
    nonisolated let loop: Loop
    nonisolated let opensAtOnce: Int
    nonisolated let kind = DeviceTransport.openssh
    private let session: OpenSSHSession
    private let socket: String

    private var log = ForwardLog()
    /// Reasons of the bastion's that nobody has asked for yet, by host and port.
    private var reasons: [String: [String]] = [:]
    private var doubts: [Doubt] = []
    private var nextNumber = 1
    /// The connections to the control socket, each of which stands for one that was asked for.
    private var controls: [Int: any ByteTransport] = [:]
    /// Those whose connection came about.
    private var opened: Set<Int> = []
    /// Connections that have ended, perhaps with the way to them.
    private var endings: [Int: @Sendable (Bool) -> Void] = [:]
    private var observers: [@Sendable () -> Void] = []
    private var emptied: CheckedContinuation<Void, Never>?
    private var isOver = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// How long ssh's words may lag behind what it does.
    private static let lag: Duration = .milliseconds(250)
    /// How long devices may take to read their goodbyes.
    private static let goodbye: Duration = .seconds(1)

    /// A refusal whose reason is still to be read.
    private struct Doubt {
        let id: Int
        let target: String
        let resolve: @Sendable (String?) -> Void
    }

    /// - Parameters:
    ///   - session: An ssh that is logged in.
    ///   - socket: The path of its control socket.
    ///   - opensAtOnce: How many connections it can be opening at once.
    init(_ session: OpenSSHSession, socket: String, opensAtOnce: Int) {
        loop = session.loop
        self.session = session
        self.socket = socket
        self.opensAtOnce = opensAtOnce
    }

    /// Takes a line that ssh wrote.
    func heard(_ line: String) {
        guard let (target, reason) = log.read(line) else { return }
        if let doubt = doubts.firstIndex(where: { $0.target == target }) {
            doubts.remove(at: doubt).resolve(reason)
        } else {
            reasons[target, default: []].append(reason)
        }
    }

    /// ssh has ended.
    func ended() {
        guard !isOver else { return }
        isOver = true
        for control in controls.values { control.close() }
        for doubt in doubts { doubt.resolve(nil) }
        for ending in endings.values { ending(true) }
        for observer in observers { observer() }
        (doubts, endings, observers) = ([], [:], [])
    }

    private func number() -> Int {
        defer { nextNumber += 1 }
        return nextNumber
    }

    // MARK: Connections

    nonisolated func open(to host: String, port: Int, completion: @escaping @Sendable (Result<any ByteTransport, SSHError>) -> Void) {
        let request = MuxMessage.connection(to: host, port: port)
        LocalTransport.handOver(path: socket, request: request, copies: 2, on: loop) { result in
            switch result {
            case .failure(let failure): completion(.failure(Self.lost(failure.text)))
            case .success(let ends):
                let shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
                self.assumeIsolated { $0.follow(ends, target: "\(host):\(port)", shown: shown, completion) }
            }
        }
    }

    private func follow(
        _ ends: LocalTransport.HandedOver, target: String, shown: String,
        _ completion: @escaping @Sendable (Result<any ByteTransport, SSHError>) -> Void
    ) {
        let number = number()
        controls[number] = ends.control
        let request = MuxRequest(loop: loop) { [weak self] answer in
            guard let self else { return completion(.failure(Self.lost("it was ended"))) }
            assumeIsolated { master in
                switch answer {
                case .opened:
                    master.opened.insert(number)
                    completion(.success(MuxChannel(ends, of: master)))
                case .lost(let why):
                    ends.stream.close()
                    ends.control.close()
                    completion(.failure(Self.lost(why)))
                case .refused:
                    ends.stream.close()
                    ends.control.close()
                    master.reason(for: target) { completion(.failure(Self.refusal($0, shown: shown))) }
                }
            }
        } ended: { [weak self] in
            self?.assumeIsolated { $0.forget(number) }
        }
        ends.control.start(request)
    }

    private func forget(_ control: Int) {
        controls[control] = nil
        opened.remove(control)
        if opened.isEmpty { stopWaiting() }
    }

    private func stopWaiting() {
        emptied?.resume()
        emptied = nil
    }

    /// Finds out why the bastion refused a connection; nil when ssh does not say.
    private func reason(for target: String, _ resolve: @escaping @Sendable (String?) -> Void) {
        if let reason = reasons[target]?.popLast() {
            if reasons[target]?.isEmpty == true { reasons[target] = nil }
            return resolve(reason)
        }
        guard !isOver else { return resolve(nil) }
        // The line is on its way: ssh writes it before it answers.
        let id = number()
        doubts.append(Doubt(id: id, target: target, resolve: resolve))
        _ = loop.schedule(at: loop.now + Self.lag) { [weak self] in
            self?.assumeIsolated { master in
                guard let doubt = master.doubts.firstIndex(where: { $0.id == id }) else { return }
                master.doubts.remove(at: doubt).resolve(nil)
            }
        }
    }

    /// Calls `tell` with whether ssh itself has ended, of which a connection that ended may be the first sign.
    func explainEnd(_ tell: @escaping @Sendable (_ isOver: Bool) -> Void) {
        guard !isOver else { return tell(true) }
        let id = number()
        endings[id] = tell
        _ = loop.schedule(at: loop.now + Self.lag) { [weak self] in
            self?.assumeIsolated { $0.endings.removeValue(forKey: id)?(false) }
        }
    }

    // MARK: The end

    nonisolated func whenLost(_ observer: @escaping @Sendable () -> Void) {
        assumeIsolated { master in
            if master.isOver { observer() } else { master.observers.append(observer) }
        }
    }

    nonisolated func abort() {
        session.cancel()
    }

    /// Ends ssh, as soon as what was sent to the devices has gone out.
    func logOut() async {
        if !opened.isEmpty, !isOver {
            let timer = loop.schedule(at: loop.now + Self.goodbye) { [weak self] in self?.assumeIsolated { $0.stopWaiting() } }
            await withCheckedContinuation { emptied = $0 }
            timer.cancel()
        }
        await session.close()
    }

    // MARK: Errors

    private static func lost(_ why: String) -> SSHError {
        SSHError(.connectionLost, stage: .open, "the bastion's ssh is gone: \(why)")
    }

    /// The reason as ssh writes it: RFC 4254's, 5.1, and then the server's words.
    private static func refusal(_ reason: String?, shown target: String) -> SSHError {
        let reason = reason ?? ""
        let words = reason.split(separator: ": ", maxSplits: 1).dropFirst().first.map { " (\($0.escapedForMessage(limit: 200)))" } ?? ""
        if reason.hasPrefix("connect failed") {
            return SSHError(.unreachableTarget, stage: .open, "it has no connection to \(target)\(words)")
        }
        if reason.hasPrefix("resource shortage") { return SSHError(.channelShortage, stage: .open, "it opens no further channels") }
        if reason.hasPrefix("administratively prohibited") {
            return SSHError(.forwardingRefused, stage: .open, "it does not carry connections to \(target)\(words)")
        }
        return SSHError(.forwardingRefused, stage: .open, "it refused a connection to \(target)\(words)")
    }
}
