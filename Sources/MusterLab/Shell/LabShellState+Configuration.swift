extension LabShellState {
    /// In a line, it makes the commit fail.
    static let failingWord = "lab-commit-fails"

    /// The name that the device shows.
    var hostname: String { running.content(at: facts.clock.seconds).hostname ?? facts.name }

    /// The lines that were put into the configuration.
    var changedLines: [String] { running.content(at: facts.clock.seconds).lines }

    /// A configuration with the changed lines in it, before its `end`.
    func withChanges(_ text: String) -> String {
        let added = changedLines.map { $0 + "\n" }.joined()
        guard !added.isEmpty else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let end = lines.lastIndex(of: "end") else { return text + added }
        return lines[..<end].map { $0 + "\n" }.joined() + added + lines[end...].joined(separator: "\n")
    }

    /// Takes a line: into the candidate where there is one, else into effect.
    mutating func configure(_ line: String) {
        let isCandidate = session != nil || [.ciscoIOSXR, .juniperJunos, .nokiaSRLinux].contains(platform)
        if isCandidate { candidate.append(line) } else { running.apply([line]) }
    }

    /// The lines of the candidate that would change something.
    var pendingLines: [String] {
        let now = running.content(at: facts.clock.seconds)
        return candidate.filter { line in
            var then = now
            if then.hostname == nil { then.hostname = facts.name }
            let before = then
            then.apply(line)
            return then != before
        }
    }

    /// The differences that the candidate makes, with what it replaces.
    var differences: [(old: String?, new: String)] {
        pendingLines.map { line in
            LabRunningConfiguration.Content.hostname(in: line) == nil
                ? (nil, line) : (line.split(separator: " ").dropLast().joined(separator: " ") + " " + hostname, line)
        }
    }

    /// Puts the candidate into effect; false when there is a line in it that no commit takes.
    ///
    /// - Parameter seconds: In how many seconds it is taken back unless it is confirmed; nil for never.
    mutating func commit(confirmedWithin seconds: UInt64? = nil) -> Bool {
        guard !candidate.contains(where: { $0.contains(Self.failingWord) }) else { return false }
        if seconds == nil { running.confirm() }
        running.apply(candidate, reverts: seconds.map { facts.clock.seconds + $0 })
        candidate = []
        return true
    }
}
