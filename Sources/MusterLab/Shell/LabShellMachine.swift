/// A device's command line: bytes typed in, steps out.
///
/// It does no input or output and knows no clock but the one it is given.
///
/// What is typed while a command runs waits, and is echoed once the prompt is back, as a router does it.
struct LabShellMachine {
    /// What the session has to do next.
    enum Step {
        case write([UInt8])
        /// A command line was entered.
        case typed(String)
        /// Nothing more for so long.
        case pause(Duration)
        /// Nothing more until the gate is open.
        case hold(LabGate)
        /// Drop the connection without a word.
        case drop
        /// The shell has ended; by the client's wish or not.
        case close(status: Int32, byClient: Bool)
    }

    enum Activity {
        case starting
        case reading
        case asking(LabReply.Answer, @Sendable (String, inout LabShellState) -> LabReply)
        case printing(LabOutputSource, LabReply.Next)
        case paging(LabPager, LabReply.Next)
        case forever
        case mute
        case ended
    }

    let personality: any LabPersonality
    var state: LabShellState
    var faults: LabShellFaults
    var activity = Activity.starting
    var steps: ArraySlice<Step> = []
    private let command: String?
    private var input: ArraySlice<UInt8> = []
    private var inputEnded = false
    private var afterReturn = false
    /// Whether Ctrl-V was typed, which makes the next key a character of the line.
    private var isQuoted = false
    private var line: [UInt8] = []
    var commands = 0

    /// A shell that has not begun.
    ///
    /// - Parameters:
    ///   - terminal: The client's terminal; nil when it asked for none.
    ///   - command: The single command to run, for a channel that is not a shell.
    init(device: LabDevice, settings: LabShellSettings, terminal: LabTerminal?, command: String? = nil) {
        faults = LabShellFaults(device.faults)
        personality = device.script.map { ScriptedDevice(script: $0) } ?? device.platform.personality
        self.command = command
        state = LabShellState(
            platform: device.platform, facts: LabFacts(device, now: settings.now), user: settings.user,
            enableSecret: settings.enableSecret, landsUnprivileged: faults.loginExec, refusesPagerOff: faults.pagerRefused,
            isInteractive: command == nil, running: device.running)
        state.password = settings.password
        state.mode = faults.loginExec ? .exec : .privileged
        if let terminal { resize(terminal) }
        // A single command has no one to press a key.
        if command != nil { state.pageRows = 0 }
    }

    mutating func receive(_ bytes: some Sequence<UInt8>) { input += bytes }

    /// Nothing more will be typed.
    mutating func endInput() { inputEnded = true }

    mutating func resize(_ terminal: LabTerminal) {
        state.columns = terminal.columns
        if state.pageRows > 0 { state.pageRows = terminal.rows }
    }

    /// The next thing to do; nil until more is typed.
    mutating func next() -> Step? {
        while true {
            if let step = steps.popFirst() { return step }
            switch activity {
            case .starting: start()
            case .reading:
                guard readLine() else {
                    guard inputEnded else { return nil }
                    end(byClient: false)
                    continue
                }
            case .asking(let answer, let then):
                guard let text = readAnswer(answer) else {
                    // What was echoed is still to be shown, and Ctrl-C has led back to the prompt.
                    if case .asking = activity, steps.isEmpty { return nil }
                    continue
                }
                activity = .reading
                show(then(text, &state))
            case .printing(let source, let next): print(source, next)
            case .paging(let pager, let next):
                guard page(pager, next) else { return nil }
            case .forever:
                guard interrupted() else { return nil }
                write("^C\r\n" + personality.prompt(state))
                activity = .reading
            case .mute:
                input = []
                return nil
            case .ended: return nil
            }
        }
    }

    private mutating func start() {
        if faults.neverPrompts {
            activity = .mute
            return
        }
        activity = .reading
        if let command {
            run(command)
        } else if let dialogue = personality.dialogue(state) {
            write(Self.onTheWire(faults.banner))
            show(dialogue)
        } else {
            write(Self.onTheWire(faults.banner + personality.greeting(state)) + Array(personality.prompt(state).utf8))
        }
    }

    // MARK: Typing

    /// Handles what is typed up to the end of a line.
    ///
    /// Returns false when there is nothing left to handle.
    private mutating func readLine() -> Bool {
        guard !input.isEmpty else { return false }
        var echo: [UInt8] = []
        defer { write(echo) }
        while let byte = input.popFirst() {
            let afterReturn = self.afterReturn
            self.afterReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where afterReturn: continue
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                echo += [13, 10]
                write(echo)
                echo = []
                let text = String(decoding: line, as: UTF8.self)
                line = []
                run(text)
                return true
            case 0x08, 0x7F:
                guard !line.isEmpty else { continue }
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
                if !faults.noEcho { echo += [8, 32, 8] }
            case 0x15:
                if !faults.noEcho { for _ in line { echo += [8, 32, 8] } }
                line = []
            case 0x16: isQuoted = true
            case UInt8(ascii: "?") where !isQuoted && state.platform.hasHelpKey:
                echo += Array("?\r\n  <cr>\r\n".utf8) + Array(personality.prompt(state).utf8) + line
            case 0x03:
                line = []
                echo += Array("^C\r\n".utf8) + Array(personality.prompt(state).utf8)
            case 0x04 where line.isEmpty && state.platform == .linux:
                run("logout")
                return true
            case 0x1A where state.mode == .configuration:
                line = []
                echo += Array("^Z\r\n".utf8)
                write(echo)
                echo = []
                run("end")
                return true
            case 0x20...0x7E, 0x80...0xFF:
                isQuoted = false
                line.append(byte)
                if !faults.noEcho { echo.append(byte) }
            default: continue
            }
        }
        return true
    }

    private mutating func readAnswer(_ answer: LabReply.Answer) -> String? {
        while let byte = input.popFirst() {
            let afterReturn = self.afterReturn
            self.afterReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), afterReturn { continue }
            let isReturn = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
            if case .key = answer {
                write("\r\n")
                return isReturn ? "" : String(decoding: [byte], as: UTF8.self)
            }
            if isReturn {
                write("\r\n")
                defer { line = [] }
                return String(decoding: line, as: UTF8.self)
            }
            if byte == 0x03 {
                line = []
                write("^C\r\n" + personality.prompt(state))
                activity = .reading
                return nil
            }
            line.append(byte)
            if case .line = answer, !faults.noEcho { write([byte]) }
        }
        return nil
    }

    /// Takes the next key, for the pager.
    mutating func key() -> UInt8? {
        while let byte = input.popFirst() {
            let afterReturn = self.afterReturn
            self.afterReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), afterReturn { continue }
            return byte
        }
        return nil
    }

    /// Whether an interrupt was typed; if so, all up to it is forgotten.
    mutating func interrupted() -> Bool {
        guard let index = input.firstIndex(of: 0x03) else { return false }
        input = input[(index + 1)...]
        return true
    }

    // MARK: Steps

    mutating func end(byClient: Bool) {
        steps.append(.close(status: state.status, byClient: byClient))
        activity = .ended
    }

    mutating func write(_ text: String) { write(Array(text.utf8)) }

    mutating func write(_ bytes: [UInt8]) {
        if !bytes.isEmpty { steps.append(.write(bytes)) }
    }

    /// Line feeds become what a terminal needs.
    static func onTheWire(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + text.utf8.count / 16)
        for byte in text.utf8 {
            if byte == 10 { bytes.append(13) }
            bytes.append(byte)
        }
        return bytes
    }
}

extension LabPlatform {
    /// Whether a question mark asks for help wherever it is typed.
    fileprivate var hasHelpKey: Bool {
        switch self {
        case .ciscoIOSXE, .ciscoIOSXR, .ciscoNXOS, .aristaEOS, .frr: true
        default: false
        }
    }
}
