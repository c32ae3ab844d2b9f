/// The server's side of the telnet protocol: bytes of the wire in, keys out.
struct LabTelnetWire {
    private enum State {
        case keys
        case command
        case verb(UInt8)
        case parameters
        case parametersCommand
    }

    private static let iac: UInt8 = 255
    private static let (dont, `do`, wont, will): (UInt8, UInt8, UInt8, UInt8) = (254, 253, 252, 251)
    private static let (sb, se): (UInt8, UInt8) = (250, 240)
    private static let (echo, goAhead, terminalType, windowSize): (UInt8, UInt8, UInt8, UInt8) = (1, 3, 24, 31)

    /// What a router says first: it echoes, sends no go-aheads, and wants to know the terminal and its size.
    static let opening: [UInt8] = [
        iac, will, echo, iac, will, goAhead, iac, `do`, terminalType, iac, `do`, windowSize,
    ]

    /// What no server should say, but some do.
    static let garbage: [UInt8] =
        [iac, 65, 8, 32, 8, iac, `do`, iac, will, iac, sb, iac, se, iac, sb, 99, 1, 2, iac, iac, 3, iac, se, iac, 249, iac, 241, iac, 242]
        + (0..<255).flatMap { [iac, `do`, UInt8($0), iac, will, UInt8($0)] } + opening + [iac, dont, 200, iac, wont, 200]

    private var state = State.keys
    private var isAfterReturn = false
    private var parameters: [UInt8] = []
    /// The size of the client's terminal, once it has told it.
    private(set) var terminal: LabTerminal?
    /// The name of the client's terminal, once it has told it.
    private(set) var terminalName: String?
    /// What is to be answered.
    private var answers: [UInt8] = []

    mutating func takeAnswers() -> [UInt8] {
        defer { answers = [] }
        return answers
    }

    /// The keys among bytes of the wire.
    ///
    /// A line end, in whichever form, is a CR.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var keys: [UInt8] = []
        for byte in bytes { receive(byte, &keys) }
        return keys
    }

    private mutating func receive(_ byte: UInt8, _ keys: inout [UInt8]) {
        switch state {
        case .keys:
            if byte == Self.iac {
                state = .command
                return
            }
            let isRest = isAfterReturn && (byte == 0 || byte == 10)
            isAfterReturn = byte == 13
            if !isRest { keys.append(byte) }
        case .command:
            state = .keys
            switch byte {
            case Self.iac: keys.append(byte)
            case Self.sb:
                state = .parameters
                parameters = []
            case Self.will...Self.dont: state = .verb(byte)
            default: break
            }
        case .verb(let verb):
            state = .keys
            answer(verb, byte)
        case .parameters:
            if byte == Self.iac { state = .parametersCommand } else { parameters.append(byte) }
        case .parametersCommand:
            state = byte == Self.iac ? .parameters : .keys
            if byte == Self.iac { parameters.append(byte) } else { takeParameters() }
        }
    }

    private mutating func answer(_ verb: UInt8, _ option: UInt8) {
        switch verb {
        case Self.will where option == Self.terminalType:
            answers += [Self.iac, Self.sb, option, 1, Self.iac, Self.se]
        case Self.will where option != Self.windowSize && option != Self.goAhead: answers += [Self.iac, Self.dont, option]
        case Self.do where option != Self.echo && option != Self.goAhead: answers += [Self.iac, Self.wont, option]
        default: break
        }
    }

    private mutating func takeParameters() {
        switch parameters.first {
        case Self.windowSize where parameters.count == 5:
            terminal = LabTerminal(
                rows: Int(parameters[3]) << 8 | Int(parameters[4]), columns: Int(parameters[1]) << 8 | Int(parameters[2]))
        case Self.terminalType where parameters.count > 2: terminalName = String(decoding: parameters[2...], as: UTF8.self)
        default: break
        }
    }

    /// Output as it goes over the wire.
    static func encode(_ output: [UInt8]) -> [UInt8] {
        output.contains(iac) ? output.flatMap { $0 == iac ? [iac, iac] : [$0] } : output
    }
}
