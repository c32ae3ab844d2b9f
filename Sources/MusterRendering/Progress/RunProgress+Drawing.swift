extension RunProgress {
    /// The progress line, without a line end.
    ///
    /// One column stays free, since some terminals wrap as soon as the last one is written. What does not fit is left out, the least
    /// needed first: the slowest device's name is cut, then goes, then the time, then the rest.
    ///
    /// - Parameters:
    ///   - elapsed: Time since the run's beginning.
    ///   - width: The terminal's width in columns.
    ///   - palette: The colours.
    package func draw(elapsed: Duration, width: Int, palette: Palette = .plain) -> String {
        let room = max(0, width - 1)
        var parts = [(text: "\(isStopping ? "stopping: " : "")\(done)/\(total) done", colour: { (text: String) in text })]
        parts.append(("\(running.count) running", { $0 }))
        if failed > 0 { parts.append(("\(failed) failed", palette.red)) }
        let essential = parts.count
        if let slowest {
            let time = " \((elapsed - slowest.since).readableBriefly)"
            let taken =
                RunProgress.columns(of: parts.map(\.text)) + ", slowest ".columns + time.columns + ", \(elapsed.readableBriefly)".columns
            let name = slowest.host.oneLine
            if min(name.columns, RunProgress.shortestName) <= room - taken {
                parts.append(("slowest \(name.fitted(to: room - taken))\(time)", palette.dim))
            }
        }
        parts.append((elapsed.readableBriefly, { $0 }))
        while parts.count > 1, RunProgress.columns(of: parts.map(\.text)) > room {
            // Time goes first, for the counts are what the line is for.
            parts.remove(at: parts.count > essential ? parts.count - 1 : parts.count > 2 ? 1 : parts.count - 1)
        }
        guard parts.count > 1 else { return parts[0].text.fitted(to: room) }
        return parts.map { $0.colour($0.text) }.joined(separator: ", ")
    }

    /// A name cut to fewer columns says too little.
    private static let shortestName = 6

    private static func columns(of parts: [String]) -> Int {
        parts.reduce(0) { $0 + $1.columns } + 2 * (parts.count - 1)
    }
}
