import CLibSSH

/// One client's connection, served by one thread from the key exchange to the end.
///
/// libssh's callbacks only note what came; everything is answered from `serve`, so that no callback is entered from within another.
final class LabConnection {
    /// How long the client may take to close the connection after the device has closed the last channel.
    private static let lingering = Duration.seconds(2)

    let descriptor: Int32
    let address: UInt32
    let device: LabDevice
    let configuration: LabConfiguration
    let registry: LabRegistry

    private(set) var event: OpaquePointer?
    private(set) var session: OpaquePointer?
    /// libssh keeps this pointer as long as the session lives.
    private let serverCallbacks: UnsafeMutablePointer<ssh_server_callbacks_struct>
    private var channels: [LabChannel] = []
    private var lingerUntil: ContinuousClock.Instant?
    private var attempts = 0
    private var authenticated = false
    private var goodbye = false
    /// How the login goes from here.
    var login: LabLogin
    /// Who asked for keyboard-interactive; the message with the answers does not say.
    var interactiveUser: String?
    /// Nothing more is to be said to this client.
    var isOver = false

    init(descriptor: Int32, address: UInt32, device: LabDevice, configuration: LabConfiguration, registry: LabRegistry) {
        self.descriptor = descriptor
        self.address = address
        self.device = device
        self.configuration = configuration
        self.registry = registry
        login = LabLogin(device.faults, configuration)
        serverCallbacks = .allocate(capacity: 1)
        serverCallbacks.initialize(to: ssh_server_callbacks_struct())
    }

    deinit { serverCallbacks.deallocate() }

    func run(_ bind: LabBind) {
        if !meets(.accept) {
            let lines = LabLogin.lines(bytes: login.versionLineBytes)
            send(descriptor, lines, lines.utf8.count, 0)
            if !meetsBeforeSSH() { talk(bind) }
        }
        let authenticated = authenticated
        let goodbye = goodbye
        registry.forget(descriptor, at: address) { counts in
            guard authenticated else { return }
            counts.sessionsOpen -= 1
            if goodbye { counts.cleanLogouts += 1 } else { counts.lostSessions += 1 }
        }
        close(descriptor)
    }

    /// Whether the device drops the connection, or falls silent, at this moment; when it does, that has happened on return.
    func meets(_ phase: LabFault.Phase) -> Bool {
        for fault in device.faults {
            switch fault {
            case .dropAt(phase):
                drop()
                return true
            case .stallAt(phase):
                swallowUntilClosed()
                drop()
                return true
            default: continue
            }
        }
        return false
    }

    /// Ends the connection without a word.
    func drop() {
        isOver = true
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// The faults between the TCP connection and the key exchange, which need no SSH library.
    private func meetsBeforeSSH() -> Bool {
        let phases = device.faults.contains { fault in
            switch fault {
            case .dropAt(.banner), .stallAt(.banner), .dropAt(.kex), .stallAt(.kex): true
            default: false
            }
        }
        guard phases else { return false }
        let banner = "SSH-2.0-MusterLab_1.0\r\n"
        send(descriptor, banner, banner.utf8.count, 0)
        if meets(.banner) { return true }
        // The client's banner and the start of its key exchange: far enough for "in the middle".
        var bytes = [UInt8](repeating: 0, count: 256)
        var received = 0
        while received < 64 {
            guard muster_lab_poll_one(descriptor, Int16(POLLIN), -1) > 0 else { return true }
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return true }
            received += count
        }
        return meets(.kex)
    }

    private func swallowUntilClosed() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let ready = muster_lab_poll_one(descriptor, Int16(POLLIN), -1)
            if ready < 0, muster_lab_errno() == EINTR { continue }
            guard ready > 0, recv(descriptor, &bytes, bytes.count, 0) > 0 else { return }
        }
    }

    private func talk(_ bind: LabBind) {
        // libssh closes its descriptor whenever it likes; the registry needs one that stays valid until `forget`.
        let theirs = dup(descriptor)
        guard theirs >= 0 else { return }
        muster_lab_cloexec(theirs)
        guard let session = ssh_new() else {
            close(theirs)
            return
        }
        self.session = session
        defer { ssh_free(session) }
        guard ssh_bind_accept_fd(bind.pointer, session, theirs) == SSH_OK else { return }
        installCallbacks(session)
        guard ssh_handle_key_exchange(session) == SSH_OK, let event = ssh_event_new() else { return }
        self.event = event
        ssh_event_add_session(event, session)
        serve(event, session)
        if let reason = ssh_get_error(UnsafeMutableRawPointer(session)) {
            goodbye = goodbye || String(cString: reason).hasPrefix("Received SSH_MSG_DISCONNECT")
        }
        for channel in channels { channel.release(from: event) }
        channels = []
        ssh_event_remove_session(event, session)
        ssh_event_free(event)
        ssh_disconnect(session)
    }

    private func serve(_ event: OpaquePointer, _ session: OpaquePointer) {
        while !isOver {
            if ssh_event_dopoll(event, pollTimeout()) == SSH_ERROR { return }
            guard ssh_is_connected(session) != 0 else { return }
            for channel in channels where !isOver { channel.pump() }
            for channel in channels where channel.isFinished { channel.release(from: event) }
            // After one command the client may have another; a device hangs up after a shell.
            let endsSomething = channels.contains { $0.isFinished && !$0.runsOneCommand }
            channels.removeAll { $0.isFinished }
            if endsSomething, channels.isEmpty { lingerUntil = .now + Self.lingering }
            if let lingerUntil, channels.isEmpty, lingerUntil <= .now { return }
        }
    }

    /// Milliseconds until something is due; -1 when only the client or a gate can bring news.
    private func pollTimeout() -> Int32 {
        var due = channels.compactMap(\.wakeAt).min()
        if channels.isEmpty, let lingerUntil { due = min(due ?? lingerUntil, lingerUntil) }
        guard let due else { return -1 }
        return Self.milliseconds(until: due)
    }

    /// Rounded up, so that a wait is over when poll says so.
    static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
        let left = ContinuousClock.now.duration(to: instant)
        return left <= .zero ? 0 : Int32(clamping: left.labMilliseconds + 1)
    }

    // MARK: What the callbacks note

    func admit(_ accepted: Bool) -> Int32 {
        guard accepted else {
            registry.change(at: address) { $0.loginsRefused += 1 }
            attempts += 1
            if attempts >= login.tries { hangUp() }
            return Int32(SSH_AUTH_DENIED.rawValue)
        }
        guard !authenticated else { return Int32(SSH_AUTH_SUCCESS.rawValue) }
        authenticated = true
        registry.change(at: address) { counts in
            counts.sessionsOpen += 1
            counts.sessionsTotal += 1
            counts.sessionsPeak = max(counts.sessionsPeak, counts.sessionsOpen)
        }
        return Int32(SSH_AUTH_SUCCESS.rawValue)
    }

    /// Ends the connection with the words of a server that has had enough.
    private func hangUp() {
        isOver = true
        ssh_session_set_disconnect_message(session, "Too many authentication failures")
    }

    /// The client left a shell by a command.
    func noteGoodbye() { goodbye = true }

    func add(_ channel: LabChannel) {
        lingerUntil = nil
        channels.append(channel)
    }

    private func installCallbacks(_ session: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        serverCallbacks.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        serverCallbacks.pointee.userdata = context
        serverCallbacks.pointee.auth_password_function = { _, user, password, context in
            LabConnection.from(context)?.checkPassword(user, password) ?? Int32(SSH_AUTH_DENIED.rawValue)
        }
        serverCallbacks.pointee.auth_none_function = { _, _, context in
            LabConnection.from(context)?.checkNone() ?? Int32(SSH_AUTH_DENIED.rawValue)
        }
        serverCallbacks.pointee.auth_pubkey_function = { _, user, key, state, context in
            LabConnection.from(context)?.checkKey(user, key, state) ?? Int32(SSH_AUTH_DENIED.rawValue)
        }
        serverCallbacks.pointee.channel_open_request_session_function = { session, context in
            LabConnection.from(context)?.openSession(session)
        }
        ssh_set_server_callbacks(session, serverCallbacks)
        ssh_set_message_callback(session, { _, message, context in LabConnection.from(context)?.answer(message) ?? 1 }, context)
        ssh_set_auth_methods(session, login.flags)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> LabConnection? {
        context.map { Unmanaged<LabConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func openSession(_ session: OpaquePointer?) -> OpaquePointer? {
        if meets(.open) { return nil }
        guard let pointer = ssh_channel_new(session) else { return nil }
        add(LabChannel(pointer, connection: self))
        return pointer
    }
}
