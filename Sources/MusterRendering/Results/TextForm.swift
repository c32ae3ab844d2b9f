package import Muster

/// A device's result as people read it: a header line, then what the device printed.
package struct TextForm: Sendable {
    /// The width of a header line, in columns.
    private let width: Int
    let palette: Palette
    /// Whether a terminal shows the text, so that what a device printed must not steer it.
    private let isForTerminal: Bool

    /// Makes the form.
    ///
    /// - Parameters:
    ///   - width: The width of a header line, in columns; very wide terminals get shorter lines.
    ///   - palette: The colours.
    ///   - terminal: Whether a terminal shows the text. Into a file or pipe goes what the device printed, unchanged.
    package init(width: Int = 80, palette: Palette = .plain, terminal: Bool = false) {
        self.width = min(width, 100)
        self.palette = palette
        isForTerminal = terminal
    }

    /// The result, its last line ended; empty when the device printed nothing and nothing of its own went wrong.
    package func block(_ result: DeviceResult) -> String {
        let sent = result.commands.contains { $0.status != .skipped }
        // Hundreds of devices that an interrupt stopped are no news each; the summary names them.
        if !sent, result.change == nil, result.status == .cancelled || result.status == .skipped { return "" }
        var text = header(result) + "\n"
        if let change = result.change {
            appendChange(change, of: result, to: &text)
        } else if sent {
            // The command that an error cut off has its reason in that error.
            let cutOff = result.error == nil || result.error?.code == .question ? nil : result.commands.lastIndex { $0.status != .skipped }
            for (index, command) in result.commands.enumerated() {
                append(command, titled: result.commands.count > 1, isCutOff: index == cutOff, to: &text)
            }
        }
        // A question is told of with its command; there may be several.
        if let error = result.error, !result.commands.contains(where: \.hasAsked) || error.code != .question {
            let line = "✗ \(error.phase.words): \(error.message.oneLine)"
            for part in isForTerminal ? line.wrapped(to: width, hanging: width - 2) : [line] {
                text += palette.red((part.hasPrefix("✗") ? "" : "  ") + part) + "\n"
            }
        }
        return text
    }

    private func header(_ result: DeviceResult) -> String {
        let host = result.host.oneLine
        let about = " (\(result.platform.oneLine), \(result.elapsed.readable))"
        let status = result.status == .ok ? "" : " \(result.status.rawValue)"
        let rule = String(repeating: "─", count: max(3, width - 3 - (host + about + status).columns - 1))
        let colour = result.status == .ok ? palette.green : palette.red
        return "\(colour("──")) \(palette.bold(host))\(palette.dim(about))\(palette.red(status)) \(colour(rule))"
    }

    func append(_ command: CommandResult, titled: Bool, isCutOff: Bool, to text: inout String) {
        let line = command.command.oneLine
        if command.status == .skipped {
            text += palette.dim("▸ \(line) (not sent)") + "\n"
            return
        }
        if titled { text += palette.cyan("▸ \(line)") + "\n" }
        let isShown = append(output: command.output, marking: command.failure, to: &text)
        if command.truncated {
            let rest = command.outputFile.map { "all of it is in \($0.oneLine)" } ?? "the rest was dropped"
            text += palette.yellow("… the output is longer than the limit; \(rest)") + "\n"
        }
        switch command.status {
        case .failed where isCutOff: break
        case .failed where command.hasAsked: text += palette.red("✗ \(line): \(command.failure?.oneLine ?? "")") + "\n"
        case .failed:
            let reason = isShown ? "" : command.failure.map { ": \($0.oneLine)" } ?? ""
            text += palette.red("✗ rejected: \(line)\(reason)") + "\n"
        case .timeout: text += palette.red("✗ no prompt within \(command.elapsed.readable): \(line)") + "\n"
        case .ok, .skipped: break
        }
    }

    /// Appends the output and tells whether the failure's line is part of it.
    ///
    /// Works on bytes: an output may be many megabytes, and Swift's characters would make a line end of CR LF something else.
    private func append(output: String, marking failure: String?, to text: inout String) -> Bool {
        guard !output.isEmpty else { return false }
        let line = failure.flatMap { TextForm.line(of: $0, in: output) }
        if let line, palette.isColoured {
            text += shown(output[..<line.lowerBound]) + palette.red(shown(output[line])) + shown(output[line.upperBound...])
        } else {
            text += shown(output[...])
        }
        if output.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        return line != nil
    }

    /// The first line that is `failure`, whatever spaces are around either.
    private static func line(of failure: String, in output: String) -> Range<String.Index>? {
        let wanted = trimmed(failure[...].utf8)
        return output.utf8.split(separator: UInt8(ascii: "\n")).first { trimmed($0).elementsEqual(wanted) }
            .map { $0.startIndex..<$0.endIndex }
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") }
        let start = line.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start[start.endIndex...] }
        return start[...last]
    }

    func shown(_ text: Substring) -> String {
        isForTerminal ? String(text).terminalSafe : String(text)
    }
}

extension CommandResult {
    /// Whether it was left because of a question that nobody has an answer to.
    var hasAsked: Bool { status == .failed && failure?.hasPrefix("it asked: ") == true }
}

extension Phase {
    /// The phase as people read it.
    var words: String { self == .hostKey ? "host key" : rawValue }
}
