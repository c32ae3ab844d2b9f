/// What the names of a template stand for, for one host.
package struct TemplateValues: Sendable {
    private let top: [String: InventoryValue]
    /// The platform's name that means that it is found out in the session.
    private let detecting: String?

    /// - Parameters:
    ///   - host: The host, with what the command line says laid over it.
    ///   - defaultUser: The user for a host that names none.
    package init(_ host: InventoryHost, defaultUser: String?) {
        detecting = host.platform.flatMap { ["auto", "autodetect"].contains($0) ? $0 : nil }
        top = [
            "host": .string(host.name), "address": .string(host.address), "user": (host.user ?? defaultUser).map { .string($0) } ?? .null,
            "platform": .string(host.platform ?? "generic"), "data": .object(host.data),
        ]
    }

    /// The text that a name stands for.
    ///
    /// - Throws: a name that is not there, or has a list, a mapping or several lines.
    func text(of name: TemplateName, column: Int) throws(TemplateProblem) -> String {
        if let detecting, name.steps == ["platform"] {
            throw TemplateProblem(
                column: column, message: "'platform' is '\(detecting)', and only the session will tell what the device is",
                hint: "muster platforms detect --write puts it into the inventory")
        }
        var value = InventoryValue.object(top)
        var path = ""
        for step in name.steps {
            switch value {
            case .object(let members):
                guard let member = members[step] else {
                    throw unknown(name, step, in: path, among: members.keys.sorted(), column)
                }
                value = member
            case .array(let elements):
                guard let index = Int(step) else {
                    throw TemplateProblem(
                        column: column, message: "'\(name)': '\(path)' is a list of \(elements.count)",
                        hint: "name an element as \(path)[0]")
                }
                guard elements.indices.contains(index) else {
                    throw TemplateProblem(column: column, message: "'\(name)': the list '\(path)' has \(elements.count), counted from 0")
                }
                value = elements[index]
            default:
                throw TemplateProblem(column: column, message: "'\(name)': '\(path)' has nothing below it")
            }
            path += path.isEmpty ? step : Int(step) != nil ? "[\(step)]" : ".\(step)"
        }
        guard let text = value.text else {
            let what =
                switch value {
                case .array: "a list"
                case .object: "a mapping"
                default: "nothing"
                }
            throw TemplateProblem(column: column, message: "'\(name)' is \(what), not a text")
        }
        // A line end in a value would make two commands of one.
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw TemplateProblem(column: column, message: "'\(name)' has a line end or another control character in it")
        }
        return text
    }

    private func unknown(_ name: TemplateName, _ step: String, in path: String, among known: [String], _ column: Int) -> TemplateProblem {
        let prefix = path.isEmpty ? "" : path + "."
        var hint = Suggestion.nearest(to: step, among: known).map { "did you mean '\(prefix)\($0)'?" }
        if hint == nil, path.isEmpty, case .object(let data)? = top["data"], data[step] != nil { hint = "did you mean 'data.\(step)'?" }
        if hint == nil, path.isEmpty { hint = "there are \(known.joined(separator: ", "))" }
        return TemplateProblem(column: column, message: "there is no '\(prefix)\(step)'", hint: hint)
    }
}
