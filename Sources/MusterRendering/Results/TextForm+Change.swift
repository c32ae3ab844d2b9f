import Muster

extension TextForm {
    /// What a change printed: lines that the device had something to say to, the diff, and what holds now.
    func appendChange(_ change: ChangeResult, of result: DeviceResult, to text: inout String) {
        for line in change.lines where line.status != .skipped && (line.status != .ok || !line.output.isEmpty) {
            append(line, titled: true, isCutOff: result.error != nil && line.status != .ok, to: &text)
        }
        if change.state == .untried {
            for line in change.lines { text += "  \(line.command.oneLine)\n" }
        }
        // What the device said of a commit that it rejected.
        for step in change.steps where step.status == .failed && !step.output.isEmpty {
            append(step, titled: true, isCutOff: true, to: &text)
        }
        if let diff = change.diff, !diff.isEmpty {
            for line in diff.split(separator: "\n", omittingEmptySubsequences: false) { text += coloured(line) + "\n" }
        }
        text += verdict(change) + "\n"
    }

    private func coloured(_ line: Substring) -> String {
        let line = shown(line)
        switch line.drop(while: { $0 == " " }).first {
        case "+": return palette.green(line)
        case "-": return palette.red(line)
        default: return line
        }
    }

    /// One line: what holds on the device.
    private func verdict(_ change: ChangeResult) -> String {
        let count = change.lines.count
        let lines = count == 1 ? "1 line" : "\(count) lines"
        let saved =
            switch change.isSaved {
            case true?: ", saved"
            case false?: ", not saved"
            case nil: ""
            }
        switch change.state {
        case .committed where change.error == nil: return palette.green("✓ committed: \(lines)\(saved)")
        case .committed: return palette.yellow("committed: \(lines)\(saved)")
        case .unchanged where change.error == nil && change.hasAnswers:
            return palette.yellow("unchanged: the device has nothing to commit; look at what it said to the lines")
        case .unchanged where change.error == nil: return palette.green("✓ unchanged: the device had all of it already")
        case .unchanged: return palette.red("unchanged: nothing is in effect")
        case .discarded: return palette.green("✓ tried and thrown away: \(lines)")
        case .untried: return palette.yellow("not tried: this platform can only make the change; these are the lines that would be sent")
        case .aborted: return palette.red("aborted: nothing is in effect")
        case .partial: return palette.red("partial: some lines are in effect")
        case .uncommitted: return palette.red("uncommitted: nothing is in effect, but the device's candidate has some of the lines")
        case .pending: return palette.red("pending: not confirmed, the device takes the change back by itself")
        case .unknown: return palette.red("unknown: what is in effect is not known")
        }
    }
}

extension ChangeResult {
    /// Whether the device had something to say to a line.
    var hasAnswers: Bool { lines.contains { !$0.output.allSatisfy(\.isWhitespace) } }
}
