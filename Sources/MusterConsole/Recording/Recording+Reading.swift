import MusterTransport

extension Recording {
    /// Reads a file's bytes.
    ///
    /// Marks and members that are not known are left aside, so that what later versions add does no harm. A last line that was not written to its
    /// end is left out, and `isCutOff` says so.
    ///
    /// - Parameter file: what the file is called in problems.
    /// - Throws: `RecordingProblem`.
    package init(reading bytes: [UInt8], file: String) throws(RecordingProblem) {
        var header: RecordingHeader?
        var events: [RecordingEvent] = []
        var isCutOff = false
        var number = 0
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            let line = bytes[start..<end]
            start = end + 1
            number += 1
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            let reader = RecordingLineReader(file: file, line: number)
            let value: JSONLine
            do throws(JSONLineProblem) {
                value = try JSONLine(line)
            } catch {
                if end == bytes.endIndex, error.isAtEnd, header != nil {
                    isCutOff = true
                    break
                }
                throw reader.problem("not JSON at column \(error.column)", header == nil ? Self.wanted : error.expected)
            }
            if header == nil {
                header = try reader.header(value)
            } else if let event = try reader.event(value) {
                events.append(event)
            }
        }
        guard let header else { throw RecordingProblem(file: file, line: 1, what: "empty", expected: Self.wanted) }
        self.init(header: header, events: events, isCutOff: isCutOff)
    }

    fileprivate static let wanted = "a recording, whose first line begins with {\"muster_recording\":\(RecordingHeader.version)"
}

/// What is wrong with a recording, and where.
package struct RecordingProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// What was found.
    package var what: String
    /// What should have been there.
    package var expected: String

    package var description: String { "\(file):\(line): \(what); expected \(expected)" }
}

private struct RecordingLineReader {
    let file: String
    let line: Int

    func problem(_ what: String, _ expected: String) -> RecordingProblem {
        RecordingProblem(file: file, line: line, what: what, expected: expected)
    }

    func header(_ value: JSONLine) throws(RecordingProblem) -> RecordingHeader {
        guard case .object(let members) = value, let version = members["muster_recording"]?.int else {
            throw problem("no recording", Recording.wanted)
        }
        guard version == RecordingHeader.version else {
            throw problem("a recording of version \(version)", "version \(RecordingHeader.version), which is all that this muster reads")
        }
        var header = RecordingHeader(
            host: try text(members, "host"), address: members["address"]?.string ?? "", port: members["port"]?.int ?? 0,
            transport: members["transport"]?.string ?? "ssh", platform: try text(members, "platform"))
        if case .object(let terminal)? = members["terminal"] {
            if let columns = terminal["columns"]?.int, columns > 0 { header.terminal.columns = columns }
            if let rows = terminal["rows"]?.int, rows > 0 { header.terminal.rows = rows }
            if let type = terminal["type"]?.string { header.terminal.term = type }
        }
        if case .object(let login)? = members["login"] {
            header.login = RecordingHeader.Login(
                user: try text(login, "user"), hasPassword: login["password"] == .truth(true), isExpected: login["expected"] == .truth(true)
            )
        }
        if case .list(let names)? = members["secrets"] { header.secrets = names.compactMap(\.string) }
        header.mode = members["mode"]?.string
        header.started = members["started"]?.string ?? ""
        header.program = members["program"]?.string ?? ""
        return header
    }

    /// Nil: a mark of a later version.
    func event(_ value: JSONLine) throws(RecordingProblem) -> RecordingEvent? {
        guard case .object(let members) = value else { throw problem("no object", "{\"t\": …}") }
        // A century is more than any session takes, and any number of seconds fits.
        guard case .number(let seconds)? = members["t"], seconds >= 0, seconds < 3e9 else {
            throw problem("no time", "\"t\": seconds since the beginning")
        }
        let time = Duration.microseconds(Int64((seconds * 1e6).rounded()))
        if let name = members["mark"]?.string {
            return try mark(name, members).map { RecordingEvent(time: time, kind: .mark($0), line: line) }
        }
        guard let bytes = members["b"]?.bytes else { throw problem("no bytes", "\"d\" and \"b\", or \"mark\"") }
        switch members["d"]?.string {
        case "in": return RecordingEvent(time: time, kind: .received(bytes), line: line)
        case "out": return RecordingEvent(time: time, kind: .typed(bytes), line: line)
        default: throw problem("no direction", "\"d\": \"in\" (from the device) or \"out\" (typed)")
        }
    }

    private func mark(_ name: String, _ members: [String: JSONLine]) throws(RecordingProblem) -> RecordingMark? {
        switch name {
        case "opened": return .opened(prompt: try text(members, "prompt"), mode: try text(members, "mode"))
        case "platform": return .platform(try text(members, "name"))
        case "command": return .command(id: try number(members, "id"), try text(members, "command"))
        case "mode": return .mode(id: try number(members, "id"), try text(members, "mode"))
        case "result":
            let output: RecordedResult.Output
            if let bytes = members["output"]?.bytes {
                output = .whole(bytes)
            } else {
                guard let sum = UInt64(try text(members, "fnv1a"), radix: 16) else {
                    throw problem("no sum", "\"fnv1a\": sixteen hexadecimal digits")
                }
                output = .summed(count: try number(members, "bytes"), sum: sum)
            }
            return .result(
                RecordedResult(
                    id: try number(members, "id"), command: try text(members, "command"), output: output,
                    failure: members["failure"]?.string, mode: try text(members, "mode"), prompt: try text(members, "prompt")))
        case "entered": return .entered(id: try number(members, "id"), mode: try text(members, "mode"))
        case "failed": return .failed(id: members["id"]?.int, kind: try text(members, "why"))
        case "gap": return .gap(try number(members, "bytes"))
        case "closing": return .closing
        case "ended": return .ended(try text(members, "how"))
        default: return nil
        }
    }

    private func text(_ members: [String: JSONLine], _ name: String) throws(RecordingProblem) -> String {
        guard let text = members[name]?.string else { throw problem("'\(name)' is missing or no text", "\"\(name)\": text") }
        return text
    }

    private func number(_ members: [String: JSONLine], _ name: String) throws(RecordingProblem) -> Int {
        guard let number = members[name]?.int else { throw problem("'\(name)' is missing or no number", "\"\(name)\": a number") }
        return number
    }
}
