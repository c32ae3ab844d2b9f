import MusterTransport

/// A recording as lines of JSON.
struct RecordingText {
    private(set) var bytes: [UInt8] = []

    /// The first line.
    mutating func append(_ header: RecordingHeader) {
        object { text in
            text.member("muster_recording", String(RecordingHeader.version), isQuoted: false)
            text.member("host", header.host)
            text.member("address", header.address)
            text.member("port", String(header.port), isQuoted: false)
            text.member("transport", header.transport)
            text.member("platform", header.platform)
            text.key("terminal")
            text.nested { text in
                text.member("columns", String(header.terminal.columns), isQuoted: false)
                text.member("rows", String(header.terminal.rows), isQuoted: false)
                text.member("type", header.terminal.term)
            }
            if let login = header.login {
                text.key("login")
                text.nested { text in
                    text.member("user", login.user)
                    text.member("password", login.hasPassword ? "true" : "false", isQuoted: false)
                    text.member("expected", login.isExpected ? "true" : "false", isQuoted: false)
                }
            }
            if let mode = header.mode { text.member("mode", mode) }
            text.key("secrets")
            text.bytes.append(UInt8(ascii: "["))
            for (index, name) in header.secrets.enumerated() {
                if index > 0 { text.bytes.append(UInt8(ascii: ",")) }
                text.string(Array(name.utf8))
            }
            text.bytes.append(UInt8(ascii: "]"))
            text.member("started", header.started)
            text.member("program", header.program)
        }
    }

    /// One line.
    mutating func append(_ event: RecordingEvent) {
        object { text in
            text.member("t", Self.seconds(event.time), isQuoted: false)
            switch event.kind {
            case .received(let bytes):
                text.member("d", "in")
                text.member("b", bytes)
            case .typed(let bytes):
                text.member("d", "out")
                text.member("b", bytes)
            case .mark(let mark): text.append(mark)
            }
        }
    }

    private mutating func append(_ mark: RecordingMark) {
        member("mark", mark.name)
        switch mark {
        case .opened(let prompt, let mode):
            member("prompt", prompt)
            member("mode", mode)
        case .platform(let name): member("name", name)
        case .command(let id, let command):
            member("id", String(id), isQuoted: false)
            member("command", command)
        case .mode(let id, let mode), .entered(let id, let mode):
            member("id", String(id), isQuoted: false)
            member("mode", mode)
        case .result(let result):
            member("id", String(result.id), isQuoted: false)
            member("command", result.command)
            switch result.output.written {
            case .whole(let bytes): member("output", bytes)
            case .summed(let count, let sum):
                member("bytes", String(count), isQuoted: false)
                member("fnv1a", String(sum, radix: 16))
            }
            if let failure = result.failure { member("failure", failure) }
            member("mode", result.mode)
            member("prompt", result.prompt)
        case .failed(let id, let kind):
            if let id { member("id", String(id), isQuoted: false) }
            member("why", kind)
        case .gap(let count): member("bytes", String(count), isQuoted: false)
        case .closing: break
        case .ended(let how): member("how", how)
        }
    }

    /// Microseconds are as fine as anything here is measured.
    private static func seconds(_ time: Duration) -> String {
        let microseconds = max(0, time.wholeNanoseconds / 1000)
        let digits = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - digits.utf8.count))\(digits)"
    }

    // MARK: JSON

    private mutating func object(_ body: (inout RecordingText) -> Void) {
        nested(body)
        bytes.append(0x0A)
    }

    private mutating func nested(_ body: (inout RecordingText) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func key(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        string(Array(name.utf8))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func member(_ name: String, _ value: String, isQuoted: Bool = true) {
        key(name)
        if isQuoted { string(Array(value.utf8)) } else { bytes.append(contentsOf: value.utf8) }
    }

    private mutating func member(_ name: String, _ value: [UInt8]) {
        key(name)
        string(value)
    }

    /// Writes any bytes as a JSON string.
    ///
    /// What is UTF-8 stands as its characters; a byte that is no part of a character stands as a lone surrogate, U+DC00 and the byte, as in
    /// Python's `surrogateescape` (PEP 383). UTF-8 has no surrogates, so nothing else can be meant. Control characters are escaped.
    private mutating func string(_ value: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var index = 0
        while index < value.count {
            let byte = value[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x20...0x7E: bytes.append(byte)
            case 0..<0x80: escape(UInt16(byte))
            default:
                let length = value.characterLength(at: index)
                if length == 0 {
                    escape(0xDC00 + UInt16(byte))
                } else if byte == 0xC2, value[index + 1] < 0xA0 {
                    escape(UInt16(value[index + 1]))
                    index += 1
                } else {
                    bytes += value[index..<index + length]
                    index += length - 1
                }
            }
            index += 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
    }
}

extension RecordingMark {
    /// What it is called in a file.
    var name: String {
        switch self {
        case .opened: "opened"
        case .platform: "platform"
        case .command: "command"
        case .mode: "mode"
        case .result: "result"
        case .entered: "entered"
        case .failed: "failed"
        case .gap: "gap"
        case .closing: "closing"
        case .ended: "ended"
        }
    }
}

extension [UInt8] {
    /// How many bytes the UTF-8 character of more than one byte at `index` has; 0 where there is none (RFC 3629, section 4).
    func characterLength(at index: Int) -> Int {
        let first = self[index]
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { lowest = 0xA0 }
            if first == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { lowest = 0x90 }
            if first == 0xF4 { highest = 0x8F }
        default: return 0
        }
        guard index + length <= count, (lowest...highest).contains(self[index + 1]) else { return 0 }
        for next in self[(index + 2)..<Swift.max(index + 2, index + length)] where next & 0xC0 != 0x80 { return 0 }
        return length
    }
}
