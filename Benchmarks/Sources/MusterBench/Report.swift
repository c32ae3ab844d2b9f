import Foundation

/// One number that a scenario measured.
struct Figure: Encodable {
    enum Verdict: String, Encodable {
        case met
        case missed
        case noTarget = "no target"
    }

    let name: String
    let value: Double
    let unit: String
    /// What the value should not be above, when there is a target.
    var limit: Double?

    var verdict: Verdict {
        guard let limit else { return .noTarget }
        return value <= limit ? .met : .missed
    }

    enum CodingKeys: CodingKey {
        case name, value, unit, limit, verdict
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encodeIfPresent(limit, forKey: .limit)
        try container.encode(verdict, forKey: .verdict)
    }
}

/// What a scenario found.
struct Report: Encodable {
    var scenario = ""
    var figures: [Figure] = []
    /// Why figures are missing or not to be trusted: devices without an answer, limits of this machine.
    var problems: [String] = []
    /// What was measured, for people: a head and rows.
    var table: [[String]] = []

    enum CodingKeys: CodingKey {
        case scenario, figures, problems
    }

    mutating func complain(about outcomes: [Outcome]) {
        for complaint in outcomes.flatMap(\.complaints) where !problems.contains(complaint) && problems.count < 6 {
            problems.append(complaint)
        }
    }

    /// The report as people read it.
    func text(title: String) -> String {
        var lines = ["", title]
        lines += Self.aligned(table)
        if !figures.isEmpty { lines.append("") }
        lines += Self.aligned(
            figures.map { figure in
                let target = figure.limit.map { "target <= \(Self.number($0)) \(figure.unit)" } ?? ""
                let verdict = figure.limit == nil ? "" : figure.verdict == .met ? "met" : "MISSED"
                return [figure.name, "\(Self.number(figure.value)) \(figure.unit)", target, verdict]
            })
        lines += problems.map { "  PROBLEM: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Three significant digits, or all the digits before the point.
    static func number(_ value: Double) -> String {
        let digits = value == 0 ? 0 : max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        return String(format: "%.\(min(digits, 4))f", value)
    }

    /// Rows as lines, the first column to the left and the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            // Empty cells at the end would only be trailing blanks.
            let cells = row.dropLast(row.reversed().prefix(while: \.isEmpty).count)
            return cells.enumerated().reduce("") { line, next in
                let padding = String(repeating: " ", count: widths[next.offset] - next.element.count)
                return line + (next.offset == 0 ? "  " + next.element + padding : "   " + padding + next.element)
            }
        }
    }
}

extension [Double] {
    /// The middle value, or the mean of the two middle ones.
    var median: Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted.count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }
}
