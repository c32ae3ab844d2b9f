/// The telnet protocol without I/O: bytes of the wire in, text and answers out; text in, bytes of the wire out.
///
/// It never speaks first. A console server's port may be raw TCP, and there a negotiation would be typed at the device; who is asked nothing
/// gets a plain line of text. Options are negotiated as RFC 1143 has it for a side that only answers: an answer goes out when an option changes,
/// or is refused, and never for what is so already. Two sides cannot run in circles then.
package struct TelnetCodec: Sendable {
    /// What an end of line is on the wire.
    package enum Newline: String, Sendable, CaseIterable {
        /// CR LF, which RFC 1123 (3.3.1) has clients send by default.
        case crlf
        /// CR NUL, for servers that take the LF after a CR for a second return.
        case crnul
    }

    /// The terminal that the peer is told of when it asks.
    package struct Terminal: Sendable, Equatable {
        package var columns: Int
        package var rows: Int
        /// The names that the terminal goes by, the most wanted first.
        package var types: [String]

        package init(columns: Int, rows: Int, types: [String]) {
            self.columns = columns
            self.rows = rows
            self.types = types
        }
    }

    private enum State {
        case text
        /// After an IAC.
        case command
        case verb(TelnetVerb)
        /// After IAC SB, and inside the subnegotiation, and after an IAC inside it.
        case subnegotiation
        case subnegotiationCommand
    }

    private let terminal: Terminal
    private let newline: Newline
    private var state = State.text
    /// Whether the last byte of text was a CR: the NUL that may follow it belongs to it.
    private var isAfterReturn = false
    private var parameters: [UInt8] = []
    /// The options that are on, on this side and on the peer's.
    private var ours: Set<UInt8> = []
    private var theirs: Set<UInt8> = []
    private var nextType = 0
    private var answers: [UInt8] = []
    private var answerCount = 0

    /// More than any option's parameters have.
    ///
    /// What goes on after so much was never a subnegotiation, or its end was lost, and is text.
    static let longestParameters = 1024
    /// A peer that negotiates without end is not answered any more: nothing makes it read the answers.
    static let mostAnswers = 1000

    package init(terminal: Terminal, newline: Newline = .crlf) {
        self.terminal = terminal
        self.newline = newline
    }

    // MARK: From the peer

    /// Whether `bytes` are text and nothing else, so that they need not be taken apart.
    package func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .text = state else { return false }
        return !bytes.contains { $0 == TelnetByte.iac || $0 == 0 }
    }

    /// Takes bytes of the wire and appends the text in them to `text`.
    package mutating func receive(_ bytes: some Sequence<UInt8>, into text: inout [UInt8]) {
        for byte in bytes { receive(byte, into: &text) }
    }

    /// Takes bytes of which `isPlain` holds.
    package mutating func receivePlain(_ bytes: UnsafeRawBufferPointer) {
        if let last = bytes.last { isAfterReturn = last == TelnetByte.cr }
    }

    /// The bytes to send as answers, in order.
    ///
    /// They go out before any text that is encoded after this.
    package mutating func takeAnswers() -> [UInt8] {
        defer { answers.removeAll() }
        return answers
    }

    private mutating func receive(_ byte: UInt8, into text: inout [UInt8]) {
        switch state {
        case .text:
            if byte == TelnetByte.iac { state = .command } else { take(byte, into: &text) }
        case .command: command(byte, into: &text)
        case .verb(let verb):
            if byte == TelnetByte.iac {
                // The option was lost. There is one of this number, which nobody has, and a command is likelier.
                state = .command
            } else {
                state = .text
                negotiate(verb, byte)
            }
        case .subnegotiation:
            if byte == TelnetByte.iac { state = .subnegotiationCommand } else { parameter(byte) }
        case .subnegotiationCommand:
            switch byte {
            case TelnetByte.iac:
                state = .subnegotiation
                parameter(byte)
            case TelnetByte.se:
                state = .text
                finishSubnegotiation()
            default:
                // The end was left out.
                parameters = []
                command(byte, into: &text)
            }
        }
    }

    private mutating func take(_ byte: UInt8, into text: inout [UInt8]) {
        defer { isAfterReturn = byte == TelnetByte.cr }
        // "CR NUL" is a return without a line feed (RFC 854). In binary it is two bytes.
        if byte == 0, isAfterReturn, !theirs.contains(TelnetOption.binary) { return }
        text.append(byte)
    }

    private mutating func command(_ byte: UInt8, into text: inout [UInt8]) {
        state = .text
        if let verb = TelnetVerb(rawValue: byte) {
            state = .verb(verb)
        } else if byte == TelnetByte.iac {
            take(byte, into: &text)
        } else if byte == TelnetByte.sb {
            parameters = []
            state = .subnegotiation
        } else if byte < TelnetByte.firstCommand {
            // No command: the IAC stands alone, and the byte is text.
            take(byte, into: &text)
        }
        // The others (go ahead, no operation, data mark, ...) want nothing of a client.
    }

    private mutating func parameter(_ byte: UInt8) {
        parameters.append(byte)
        guard parameters.count > Self.longestParameters else { return }
        parameters = []
        state = .text
    }

    // MARK: Options

    private mutating func negotiate(_ verb: TelnetVerb, _ option: UInt8) {
        switch verb {
        case .will where theirs.contains(option), .do where ours.contains(option): break
        case .will:
            let isWanted = TelnetOption.ofThePeer.contains(option)
            if isWanted { theirs.insert(option) }
            answer(isWanted ? .do : .dont, option)
        case .wont:
            if theirs.remove(option) != nil { answer(.dont, option) }
        case .do:
            guard TelnetOption.ofThisSide.contains(option), option != TelnetOption.terminalType || !terminal.types.isEmpty else {
                answer(.wont, option)
                return
            }
            ours.insert(option)
            answer(.will, option)
            if option == TelnetOption.windowSize { tellSize() }
        case .dont:
            if ours.remove(option) != nil { answer(.wont, option) }
        }
    }

    private mutating func finishSubnegotiation() {
        defer { parameters = [] }
        guard parameters.count == 2, parameters[0] == TelnetOption.terminalType, parameters[1] == TelnetOption.send,
            ours.contains(TelnetOption.terminalType)
        else { return }
        // Each time it is asked the next name is told, and the last one twice: that is how the peer knows that there are no more. Then it
        // begins anew (RFC 1091).
        let name = terminal.types[min(nextType, terminal.types.count - 1)]
        nextType = nextType >= terminal.types.count ? 0 : nextType + 1
        tell(TelnetOption.terminalType, [TelnetOption.is] + Array(name.utf8))
    }

    private mutating func tellSize() {
        let (columns, rows) = (UInt16(clamping: terminal.columns), UInt16(clamping: terminal.rows))
        tell(
            TelnetOption.windowSize,
            [columns, rows].flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    }

    private mutating func tell(_ option: UInt8, _ parameters: [UInt8]) {
        answer(
            [TelnetByte.iac, TelnetByte.sb, option]
                + parameters.flatMap { $0 == TelnetByte.iac ? [$0, $0] : [$0] } + [TelnetByte.iac, TelnetByte.se])
    }

    private mutating func answer(_ verb: TelnetVerb, _ option: UInt8) {
        answer([TelnetByte.iac, verb.rawValue, option])
    }

    private mutating func answer(_ bytes: [UInt8]) {
        guard answerCount < Self.mostAnswers else { return }
        answerCount += 1
        answers += bytes
    }

    // MARK: To the peer

    /// `text` as it goes over the wire: an IAC in it is doubled, and its line ends are the network's.
    package func encode(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 8)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case TelnetByte.iac: bytes += [byte, byte]
            case TelnetByte.lf: bytes += lineEnd
            case TelnetByte.cr where index < text.count && text[index] == TelnetByte.lf:
                index += 1
                bytes += lineEnd
            // A CR never goes alone, but in binary (RFC 854).
            case TelnetByte.cr: bytes += isBinary ? [byte] : [byte, 0]
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private var isBinary: Bool { ours.contains(TelnetOption.binary) }

    /// What the return key sends.
    ///
    /// In binary there are no line ends, and the key sends what it sends on a terminal.
    private var lineEnd: [UInt8] {
        if isBinary { return [TelnetByte.cr] }
        return newline == .crlf ? [TelnetByte.cr, TelnetByte.lf] : [TelnetByte.cr, 0]
    }
}
