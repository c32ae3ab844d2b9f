/// The dialogue before a shell: keys in, steps out.
struct LabTelnetLogin {
    enum Step: Equatable {
        case write([UInt8])
        /// The user was typed: the moment of the first credential.
        case tried
        case refused
        case admitted
        case closed
    }

    private enum Stage {
        case new
        case key
        case user
        case password
        case over
    }

    private static let mostTries = 3

    private let words: LabTelnetWords
    private let expected: (user: String, password: String)
    private let faults: Set<LabTelnetFault>
    private let echoes: Bool
    private let refusesAll: Bool
    private let banner: String
    private var stage = Stage.new
    private var input: ArraySlice<UInt8> = []
    private var line: [UInt8] = []
    private var user = ""
    private var tries = 0
    private var steps: ArraySlice<Step> = []

    init(device: LabDevice, user: String, password: String) {
        words = device.platform.telnetWords(hostname: device.name)
        expected = (user, password)
        let shell = LabShellFaults(device.faults)
        echoes = !shell.noEcho
        banner = shell.banner
        var faults: Set<LabTelnetFault> = []
        var refusesAll = false
        for fault in device.faults {
            if case .telnet(let fault) = fault { faults.insert(fault) }
            if case .refusePassword = fault { refusesAll = true }
        }
        self.faults = faults
        self.refusesAll = refusesAll
    }

    mutating func receive(_ keys: some Sequence<UInt8>) { input += keys }

    /// What was typed and not looked at, for the shell.
    mutating func takeRest() -> [UInt8] {
        defer { input = [] }
        return Array(input)
    }

    /// The next thing to do; nil until more is typed.
    mutating func next() -> Step? {
        while true {
            if let step = steps.popFirst() { return step }
            switch stage {
            case .new: start()
            case .key:
                guard input.popFirst() != nil else { return nil }
                write("\n")
                greet()
            case .user, .password:
                guard readLine() else { return steps.popFirst() }
            case .over: return nil
            }
        }
    }

    private mutating func start() {
        if faults.contains(.pressAnyKey) {
            stage = .key
            write("Press any key to continue")
        } else {
            greet()
        }
    }

    private mutating func greet() {
        write(banner + words.greeting)
        ask()
    }

    private mutating func ask() {
        if faults.contains(.noLogin) { return admit() }
        let asksForUser = !faults.contains(.passwordOnly)
        stage = asksForUser ? .user : .password
        prompt(asksForUser ? words.user : words.password)
    }

    private mutating func prompt(_ text: String) {
        if faults.contains(.forgetsTypeAhead) { input = [] }
        write(text)
    }

    private mutating func admit() {
        write(words.welcome)
        steps.append(.admitted)
        stage = .over
    }

    /// Takes keys up to the end of a line; false when it has not come.
    private mutating func readLine() -> Bool {
        let shows = stage == .user ? echoes : faults.contains(.echoesPassword)
        while let key = input.popFirst() {
            if key == 13 || key == 10 {
                let text = String(decoding: line, as: UTF8.self)
                line = []
                entered(text)
                return true
            }
            guard key >= 0x20, key != 0x7F else { continue }
            line.append(key)
            if shows { steps.append(.write([key])) }
        }
        return false
    }

    private mutating func entered(_ text: String) {
        write("\n")
        guard stage == .password else {
            // An empty answer is asked for again, as everywhere.
            guard !text.isEmpty else { return prompt(words.user) }
            user = text
            steps.append(.tried)
            if faults.contains(.userOnly) {
                if user == expected.user { admit() } else { refuse() }
                return
            }
            stage = .password
            return prompt(words.password)
        }
        if faults.contains(.passwordOnly) { steps.append(.tried) }
        let isRight = text == expected.password && (faults.contains(.passwordOnly) || user == expected.user)
        if isRight, !refusesAll { admit() } else { refuse() }
    }

    private mutating func refuse() {
        steps.append(.refused)
        tries += 1
        if tries >= Self.mostTries || faults.contains(.closesOnRefusal) {
            if !faults.contains(.closesOnRefusal) { write(words.refusal + words.farewell) }
            steps.append(.closed)
            stage = .over
            return
        }
        write(words.refusal)
        ask()
    }

    private mutating func write(_ text: String) {
        if !text.isEmpty { steps.append(.write(LabShellMachine.onTheWire(text))) }
    }
}
