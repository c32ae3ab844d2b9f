package import Muster

/// Which devices have a change, which have not, and of which nobody knows.
package struct ChangeSummary: Sendable {
    private var changed: [String] = []
    private var unchanged: [String] = []
    private var remarked: [String] = []
    private var tried: [String] = []
    private var untried: [String] = []
    private var without: [String] = []
    private var partial: [String] = []
    private var uncommitted: [String] = []
    private var pending: [String] = []
    private var inDoubt: [String] = []

    /// How many names stand for a group before the rest is a number.
    private static let namesShown = 20

    package init() {}

    /// Adds a result.
    package mutating func add(_ result: DeviceResult) {
        switch result.change?.state {
        case .committed?: changed.append(result.host)
        case .unchanged? where result.status == .ok && result.change?.hasAnswers == true: remarked.append(result.host)
        case .unchanged? where result.status == .ok: unchanged.append(result.host)
        case .discarded?: tried.append(result.host)
        case .untried?: untried.append(result.host)
        case .partial?: partial.append(result.host)
        case .uncommitted?: uncommitted.append(result.host)
        case .pending?: pending.append(result.host)
        case .unknown?: inDoubt.append(result.host)
        case .aborted?, .unchanged?, nil: without.append(result.host)
        }
    }

    /// A line for each group that has a device.
    package func rendered(width: Int?, palette: Palette = .plain) -> String {
        let groups: [(one: String, many: String, hosts: [String], colour: (String) -> String)] = [
            ("has the change", "have the change", changed, palette.green),
            ("had it already", "had it already", unchanged, palette.green),
            ("had nothing to commit", "had nothing to commit", remarked, palette.yellow),
            ("would take it", "would take it", tried, palette.green),
            ("can't try it", "can't try it", untried, palette.yellow),
            ("has a part of it", "have a part of it", partial, palette.red),
            ("has some of it uncommitted", "have some of it uncommitted", uncommitted, palette.red),
            ("takes it back by itself", "take it back by themselves", pending, palette.red),
            ("is in doubt", "are in doubt", inDoubt, palette.red),
            ("doesn't have it", "don't have it", without, palette.yellow),
        ]
        var text = ""
        for (one, many, hosts, colour) in groups where !hosts.isEmpty {
            let names = hosts.prefix(Self.namesShown).map(\.oneLine).joined(separator: ", ")
            let more = hosts.count > Self.namesShown ? " and \(hosts.count - Self.namesShown) more" : ""
            let line = "\(hosts.count) \(hosts.count == 1 ? one : many): \(names)\(more)"
            let lines = width.map { line.wrapped(to: max(20, $0), hanging: max(20, $0) - 2) } ?? [line]
            for (number, line) in lines.enumerated() { text += (number == 0 ? "" : "  ") + colour(line) + "\n" }
        }
        return text.isEmpty ? "" : "\n" + text
    }
}
