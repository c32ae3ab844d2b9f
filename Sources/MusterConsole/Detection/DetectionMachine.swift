/// Works out which platform a device is: a pure machine that is told what was seen, and says what to ask next.
///
/// What comes for free goes first: the SSH version line, what is printed before the prompt, and the prompt itself, which rules out every platform
/// that has no such mode. Then come probes. All platforms that have the same one are asked by asking it once, so the one that most of those left
/// have is next; a platform whose probes are answered and do not match is out.
package struct DetectionMachine: Sendable {
    /// What is to be done.
    package enum Step: Sendable, Equatable {
        /// Type this and hand in the answer.
        case probe(String)
        case decided(Verdict)
    }

    /// What a device is.
    package struct Verdict: Sendable, Equatable {
        /// The platform's name; nil for a device that is none of them.
        package var platform: String?
        /// Others that it might be as well.
        package var alternatives: [String] = []

        package init(platform: String? = nil, alternatives: [String] = []) {
            self.platform = platform
            self.alternatives = alternatives
        }
    }

    private struct Candidate {
        let platform: Platform
        var hasVersionLine = false
        var hasBanner = false
        var hasPrompt = false
        /// Whether the prompt is that of the usual mode: what most devices show first.
        var isAtHome = false
        var isConfirmed = false
        /// The probes that are still to be asked.
        var open: Set<String>
        let hasProbes: Bool

        /// How much speaks for it without a probe.
        var weight: Int { (hasVersionLine ? 1 : 0) + (hasBanner ? 2 : 0) }
        /// Whether all its probes were answered, and none as on such a device.
        var isRefuted: Bool { hasProbes && open.isEmpty && !isConfirmed }

        init(_ platform: Platform) {
            self.platform = platform
            open = Set(platform.detection.probes.map(\.input))
            hasProbes = !open.isEmpty
        }
    }

    /// A device that is asked more than this is bothered.
    private static let mostProbes = 6
    /// What is looked through of an answer.
    private static let longestAnswer = 1 << 16

    private var candidates: [Candidate]
    private var asked = 0
    /// The platform that was left out because an expression of its definition takes too long on what the device shows.
    package private(set) var exhausted: (platform: String, exhaustion: MatchScratch.Exhaustion)?

    /// - Parameter platforms: those that the device may be; one without any expression for its prompt is none.
    package init(_ platforms: [Platform]) {
        candidates = platforms.filter { $0.modes.contains { $0.prompt.pattern != nil } }.map(Candidate.init)
    }

    /// Takes what the device shows by itself.
    ///
    /// - Parameters:
    ///   - versionLine: its SSH version line, where there is one.
    ///   - greeting: what it printed before the prompt.
    ///   - prompt: all its lines.
    package mutating func saw(versionLine: String?, greeting: [UInt8], prompt: [UInt8]) {
        let version = versionLine.map { Array($0.utf8) }
        for index in candidates.indices {
            let scratch = MatchScratch()
            defer { note(scratch, index) }
            let platform = candidates[index].platform
            if let version {
                candidates[index].hasVersionLine = platform.detection.sshBanner.contains { $0.match(in: version, scratch) != nil }
            }
            candidates[index].hasBanner = platform.detection.loginBanner.contains { $0.match(in: greeting, scratch) != nil }
            candidates[index].isAtHome = platform.mode(named: platform.defaultMode)?.prompt.matches(prompt, scratch) ?? false
            candidates[index].hasPrompt = platform.modes.contains { $0.prompt.matches(prompt, scratch) }
        }
    }

    /// Takes the answer to a probe.
    package mutating func answered(_ input: String, _ answer: [UInt8]) {
        asked += 1
        let text = Array(answer.prefix(Self.longestAnswer))
        for index in candidates.indices where candidates[index].open.remove(input) != nil {
            let scratch = MatchScratch()
            defer { note(scratch, index) }
            let probes = candidates[index].platform.detection.probes.filter { $0.input == input }
            if probes.contains(where: { $0.pattern.match(in: text, scratch) != nil }) { candidates[index].isConfirmed = true }
        }
    }

    private mutating func note(_ scratch: MatchScratch, _ index: Int) {
        guard let exhaustion = scratch.exhaustion else { return }
        exhausted = exhausted ?? (candidates[index].platform.name, exhaustion)
        candidates[index].hasPrompt = false
    }

    /// What is next.
    package var next: Step {
        let left = candidates.filter { $0.hasPrompt && !$0.isRefuted }
        let confirmed = left.filter(\.isConfirmed)
        if !confirmed.isEmpty { return .decided(verdict(confirmed)) }
        let most = left.map(\.weight).max() ?? 0
        guard let first = left.first else { return .decided(Verdict()) }
        let leaders = left.filter { $0.weight == most }
        // Nothing else has such a prompt, and more speaks for it; or it says itself what it is.
        if most > 0, left.count == 1 || leaders.count == 1 && leaders[0].hasBanner { return .decided(verdict(leaders)) }
        if asked < Self.mostProbes, let probe = bestProbe(among: left, leaders) {
            return .probe(probe)
        }
        // Nobody can be asked any more. What only has a prompt like it is not enough to go by.
        return .decided(most > 0 ? verdict(leaders.isEmpty ? [first] : leaders) : Verdict())
    }

    /// The next probe: for those first that more speaks for, and among them for those that show their usual prompt.
    private func bestProbe(among left: [Candidate], _ leaders: [Candidate]) -> String? {
        for group in [leaders.filter(\.isAtHome), leaders, left.filter(\.isAtHome), left] {
            if let probe = bestProbe(of: group, among: left) { return probe }
        }
        return nil
    }

    /// The probe that most of `group` have, and of those the one that most of `all` have.
    private func bestProbe(of group: [Candidate], among all: [Candidate]) -> String? {
        func count(_ input: String, _ candidates: [Candidate]) -> Int { candidates.count { $0.open.contains(input) } }
        // By the alphabet at last, so that equal devices are asked equal questions.
        let ranked = Set(group.flatMap(\.open)).map { (input: $0, group: count($0, group), all: count($0, all)) }
        return ranked.sorted { ($1.group, $1.all, $0.input) < ($0.group, $0.all, $1.input) }.first?.input
    }

    private func verdict(_ found: [Candidate]) -> Verdict {
        let most = found.map(\.weight).max() ?? 0
        let names = found.filter { $0.weight == most }.map(\.platform.name)
        return Verdict(platform: names.first, alternatives: Array(names.dropFirst()))
    }
}
