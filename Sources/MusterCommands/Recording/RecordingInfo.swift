import MusterConsole
import MusterRendering

/// What is in a recording, without its bytes.
struct RecordingInfo {
    private let recording: Recording

    init(_ recording: Recording) {
        self.recording = recording
    }

    func rendered(asJSON: Bool) -> String { asJSON ? json : text }

    /// One thing that was asked, and what came of it.
    private struct Row {
        var id: Int
        var time: Duration
        var what: String
        var elapsed: Duration?
        var outcome = "no answer"
        var bytes: Int?
        var prompt = ""
        var mode = ""
        var exitStatus: Int?
    }

    /// Whether commands went over exec channels, and none through a terminal.
    private var isWithoutTerminal: Bool {
        !recording.events.contains { event in
            switch event.kind {
            case .typed, .mark(.opened), .mark(.command), .mark(.mode): true
            default: false
            }
        } && recording.events.contains { if case .mark(.exec) = $0.kind { true } else { false } }
    }

    private var rows: [Row] {
        var rows: [Row] = []
        func finish(_ id: Int?, at time: Duration, _ body: (inout Row) -> Void) {
            guard let index = rows.lastIndex(where: { $0.id == id }) else { return }
            rows[index].elapsed = time - rows[index].time
            body(&rows[index])
        }
        for event in recording.events {
            guard case .mark(let mark) = event.kind else { continue }
            switch mark {
            case .command(let id, let command), .exec(let id, let command): rows.append(Row(id: id, time: event.time, what: command))
            case .mode(let id, let mode): rows.append(Row(id: id, time: event.time, what: "(mode \(mode))"))
            case .result(let result):
                finish(result.id, at: event.time) { row in
                    row.outcome = result.failure.map { "rejected: \($0)" } ?? "ok"
                    row.bytes = result.output.count
                    (row.prompt, row.mode) = (result.prompt, result.mode)
                    row.exitStatus = result.exitStatus
                }
            case .entered(let id, let mode):
                finish(id, at: event.time) { row in
                    row.outcome = "ok"
                    row.mode = mode
                }
            case .failed(let id?, let kind): finish(id, at: event.time) { $0.outcome = kind }
            default: break
            }
        }
        return rows
    }

    private var opened: (time: Duration, prompt: String, mode: String)? {
        for event in recording.events {
            if case .mark(.opened(let prompt, let mode)) = event.kind { return (event.time, prompt, mode) }
        }
        return nil
    }

    private func sizes() -> (received: Int, typed: Int) {
        recording.events.reduce(into: (0, 0)) { sizes, event in
            switch event.kind {
            case .received(let bytes): sizes.0 += bytes.count
            case .typed(let bytes): sizes.1 += bytes.count
            case .mark: break
            }
        }
    }

    private var text: String {
        let header = recording.header
        let sizes = sizes()
        func shown(_ prompt: String) -> String { "'\(prompt.split(separator: "\n").last.map { String($0).terminalSafe } ?? "")'" }
        var text = """
            host       \(header.host.oneLine) (\(header.address.oneLine):\(header.port), \(header.transport.oneLine))
            platform   \(recording.platform.oneLine)
            started    \(header.started.oneLine), by \(header.program.oneLine)
            length     \(recording.length.readable), \(sizes.received) bytes printed, \(sizes.typed) typed

            """
        if let opened {
            text += "prompt     \(shown(opened.prompt)), mode \(opened.mode.oneLine), after \(opened.time.readable)\n"
        } else if isWithoutTerminal {
            text += "prompt     none: each command went over an exec channel of its own\n"
        } else {
            text += "prompt     none was found\n"
        }
        let rows = rows
        guard !rows.isEmpty else { return text }
        var table = Table(header: ["AT", "TOOK", "BYTES", "COMMAND", "OUTCOME", "PROMPT"])
        for row in rows {
            table.append([
                row.time.readable, row.elapsed?.readable ?? "-", row.bytes.map(String.init) ?? "-", row.what.oneLine, row.outcome.oneLine,
                row.prompt.isEmpty ? "-" : shown(row.prompt),
            ])
        }
        return text + "\n" + table.rendered(palette: Palette(coloured: false))
    }

    private var json: String {
        let header = recording.header
        let sizes = sizes()
        var json = JSONWriter(indented: true)
        json.object { json in
            json.member("host", header.host)
            json.member("address", header.address)
            json.member("port", header.port)
            json.member("transport", header.transport)
            json.member("platform", recording.platform)
            json.member("started", header.started)
            json.member("program", header.program)
            json.member("seconds", recording.length)
            json.member("bytes_printed", sizes.received)
            json.member("bytes_typed", sizes.typed)
            json.member("cut_off", recording.isCutOff)
            json.member("prompt", opened?.prompt)
            json.member("mode", opened?.mode)
            json.key("commands")
            json.array(rows) { json, row in
                json.object { json in
                    json.member("command", row.what)
                    json.member("at", row.time)
                    if let elapsed = row.elapsed { json.member("seconds", elapsed) }
                    json.member("outcome", row.outcome)
                    if let bytes = row.bytes { json.member("bytes", bytes) }
                    if let status = row.exitStatus { json.member("exit_status", status) }
                    json.member("prompt", row.prompt)
                    json.member("mode", row.mode)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
