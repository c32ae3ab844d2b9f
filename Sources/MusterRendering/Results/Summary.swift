package import Muster

/// What a run came to: counts by status, then every failure explained, those alike together.
package struct Summary: Sendable {
    /// Failures that read the same but for names and numbers.
    private struct Group {
        var status: DeviceResult.Status
        /// Where it went wrong: a phase, or a command.
        var place: String?
        /// What went wrong on the first device.
        var text: String
        var hint: String?
        /// Whether another device's text differs in a name or a number.
        var isVaried = false
        var hosts: [String] = []
    }

    private struct Key: Hashable {
        var status: DeviceResult.Status
        var place: String?
        var pattern: String
        var hint: String?
    }

    /// How many devices ended in which way.
    package private(set) var counts: [DeviceResult.Status: Int] = [:]
    private var groups: [Group] = []
    private var places: [Key: Int] = [:]
    /// The devices that agreed on old algorithms, by these.
    private var legacy: [String: [String]] = [:]

    /// How many names stand for a group before the rest is a number.
    private static let namesShown = 10

    package init() {}

    /// How many results have been added.
    package var total: Int { counts.values.reduce(0, +) }

    /// Adds a result, without keeping what the device printed.
    package mutating func add(_ result: DeviceResult) {
        counts[result.status, default: 0] += 1
        if !result.legacyAlgorithms.isEmpty {
            legacy[result.legacyAlgorithms.joined(separator: ", ").oneLine, default: []].append(result.host)
        }
        guard result.status != .ok else { return }
        var isExplained = false
        // The command that the error ended is told of with the error.
        let isQuestion = result.error?.code == .question
        let ended = result.error?.phase == .command && !isQuestion ? result.commands.lastIndex { $0.status != .skipped } : nil
        for (index, command) in result.commands.enumerated() where command.status == .failed && index != ended {
            let reason = command.failure.map { $0.oneLine.trimmed } ?? "the device rejected it"
            let hint = command.hasAsked ? result.error?.hint?.oneLine : nil
            add(reason, at: command.command.oneLine, hint: hint, of: result)
            isExplained = true
        }
        if let error = result.error, !(isQuestion && isExplained) {
            // A cancelled device's phase is where it happened to be.
            let phase = result.status == .cancelled || result.status == .skipped ? nil : error.phase.words
            add(error.message.oneLine, at: phase, hint: error.hint?.oneLine, of: result)
            isExplained = true
        }
        for command in result.commands where !isExplained && command.status == .timeout {
            add("no prompt within \(command.elapsed.readable)", at: command.command.oneLine, hint: nil, of: result)
            isExplained = true
        }
        if !isExplained { add("", at: nil, hint: nil, of: result) }
    }

    private mutating func add(_ text: String, at place: String?, hint: String?, of result: DeviceResult) {
        let key = Key(
            status: result.status, place: place, pattern: Summary.pattern(of: text, host: result.host, address: result.address),
            hint: hint.map { Summary.pattern(of: $0, host: result.host, address: result.address) })
        let index = places[key] ?? groups.count
        if index == groups.count {
            places[key] = index
            groups.append(Group(status: result.status, place: place, text: text, hint: hint))
        }
        if groups[index].text != text || groups[index].hint != hint { groups[index].isVaried = true }
        if groups[index].hosts.last != result.host { groups[index].hosts.append(result.host) }
    }

    /// The text without the device's names and with every number alike.
    private static func pattern(of text: String, host: String, address: String) -> String {
        var pattern = ""
        var rest = text[...]
        let names = Set([host, address]).filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
        var isInWord = false
        while let character = rest.first {
            if !isInWord, let name = names.first(where: { rest.hasPrefix($0) }) {
                pattern += "\u{1}"
                rest = rest.dropFirst(name.count)
                continue
            }
            rest.removeFirst()
            isInWord = character.isLetter || character.isNumber
            if !character.isNumber {
                pattern.append(character)
            } else if pattern.last != "0" {
                pattern.append("0")
            }
        }
        return pattern
    }

    /// The summary, each line ended.
    ///
    /// - Parameters:
    ///   - elapsed: How long the run took.
    ///   - width: The width to wrap to, in columns; no wrapping when `nil`.
    ///   - palette: The colours.
    package func rendered(elapsed: Duration, width: Int?, palette: Palette = .plain) -> String {
        var text = "\(total) \(total == 1 ? "device" : "devices") in \(elapsed.readable)"
        let statuses = DeviceResult.Status.allCases.filter { counts[$0] != nil }
        let parts = statuses.map { status in
            Summary.colour(of: status, palette)("\(counts[status] ?? 0) \(status.rawValue)")
        }
        text += parts.isEmpty ? "\n" : ": \(parts.joined(separator: ", "))\n"
        for status in statuses where status != .ok {
            let members = groups.filter { $0.status == status }
            text += "\n" + Summary.colour(of: status, palette)(status.rawValue) + "\n"
            for group in members { Summary.append(group, width: width, palette: palette, to: &text) }
        }
        if !legacy.isEmpty { text += "\n" + palette.yellow("legacy algorithms") + "\n" }
        for (algorithms, hosts) in legacy.sorted(by: { $0.key < $1.key }) {
            Summary.append("\(Summary.shown(hosts)): \(algorithms)", indent: 2, width: width, to: &text) { $0 }
        }
        return text
    }

    private static func append(_ group: Group, width: Int?, palette: Palette, to text: inout String) {
        let names = shown(group.hosts)
        let example = group.isVaried && group.hosts.count > 1 ? "for example: " : ""
        let place = group.place.map { "\($0): " } ?? ""
        let line = group.text.isEmpty ? names : "\(names): \(place)\(example)\(group.text)"
        append(line, indent: 2, width: width, to: &text) { $0 }
        if let hint = group.hint { append("hint: \(hint)", indent: 4, width: width, to: &text, palette.dim) }
    }

    private static func shown(_ hosts: [String]) -> String {
        let names = hosts.prefix(namesShown).map(\.oneLine).joined(separator: ", ")
        return hosts.count > namesShown ? "\(names) and \(hosts.count - namesShown) more" : names
    }

    private static func append(_ line: String, indent: Int, width: Int?, to text: inout String, _ colour: (String) -> String) {
        let room = width.map { max(20, $0) - indent }
        let lines = room.map { line.wrapped(to: $0, hanging: $0 - 2) } ?? [line]
        for (number, line) in lines.enumerated() {
            text += String(repeating: " ", count: number == 0 ? indent : indent + 2) + colour(line) + "\n"
        }
    }

    private static func colour(of status: DeviceResult.Status, _ palette: Palette) -> (String) -> String {
        switch status {
        case .ok: palette.green
        case .failed, .unreachable, .timeout: palette.red
        case .cancelled, .skipped: palette.yellow
        }
    }
}

extension String {
    /// The text without the spaces at both ends.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.prefix((start.lastIndex { $0 != " " }.map { start.distance(from: start.startIndex, to: $0) + 1 }) ?? 0))
    }
}
