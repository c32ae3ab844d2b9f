import ArgumentParser
import Muster
import MusterInventory
import MusterRendering

/// Whether names in braces are filled in.
struct TemplateOptions: ParsableArguments {
    @Flag(help: "Send commands as they are: {{ NAME }} is no name of the inventory's.")
    var noTemplates = false
}

/// Lines with names to fill in for each host, and where each is from.
struct LineTemplates {
    /// A line as it was given.
    struct Source {
        var text: String
        /// Which line of its file, or which argument, it is, from 1.
        var number: Int
        /// For messages, such as `change.cfg:3`.
        var place: String

        init(_ text: String, number: Int, place: String) {
            self.text = text
            self.number = number
            self.place = place
        }
    }

    let sources: [Source]
    private let templates: [Template]?

    /// Reads the lines.
    ///
    /// - Parameter isLiteral: Whether braces are nothing special.
    /// - Throws: `CommandFailure` with status 64 that names everything that is no template.
    init(_ sources: [Source], isLiteral: Bool) throws {
        self.sources = sources
        guard !isLiteral, sources.contains(where: { $0.text.contains("{") }) else {
            templates = nil
            return
        }
        var problems: [String] = []
        templates = sources.compactMap { source in
            do throws(TemplateProblem) {
                return try Template(source.text)
            } catch {
                problems.append("  \(source.place):\(error.column): \(error.message)" + (error.hint.map { "; \($0)" } ?? ""))
                return nil
            }
        }
        guard problems.isEmpty else {
            throw CommandFailure.usage(
                "\(counted(problems.count, "place makes", "places make")) no sense as a template (--no-templates sends braces as they are)\n"
                    + problems.joined(separator: "\n"))
        }
    }

    /// The lines for each host.
    ///
    /// - Parameter defaultUser: The user for a host that names none.
    /// - Throws: `CommandFailure` with status 65 that names everything that can't be filled in, and the hosts.
    func rendered(for hosts: [InventoryHost], defaultUser: String?) throws -> [[String]] {
        guard let templates, templates.contains(where: \.hasNames) else {
            let lines = (try? templates?.map { try $0.rendered(for: TemplateValues(InventoryHost(name: ""), defaultUser: nil)) }) ?? nil
            return Array(repeating: lines ?? sources.map(\.text), count: hosts.count)
        }
        var problems: [(place: String, problem: TemplateProblem, hosts: [String])] = []
        func note(_ place: String, _ problem: TemplateProblem, _ host: String) {
            if let known = problems.firstIndex(where: { $0.place == place && $0.problem == problem }) {
                problems[known].hosts.append(host)
            } else {
                problems.append((place, problem, [host]))
            }
        }
        let all = hosts.map { host in
            let values = TemplateValues(host, defaultUser: defaultUser)
            return zip(sources, templates).map { source, template in
                do throws(TemplateProblems) {
                    let line = try template.rendered(for: values)
                    if line.allSatisfy(\.isWhitespace) {
                        note(
                            source.place, TemplateProblem(column: 1, message: "nothing is left of the line once it is filled in"), host.name
                        )
                    }
                    return line
                } catch {
                    for problem in error.all { note(source.place, problem, host.name) }
                    return ""
                }
            }
        }
        guard problems.isEmpty else { throw failure(problems, hosts.count) }
        return all
    }

    private func failure(_ problems: [(place: String, problem: TemplateProblem, hosts: [String])], _ total: Int) -> CommandFailure {
        let lines = problems.map { place, problem, hosts in
            let names = hosts.prefix(10).map(\.oneLine).joined(separator: ", ") + (hosts.count > 10 ? " and \(hosts.count - 10) more" : "")
            let whom = hosts.count == total && total > 1 ? "all \(total) devices" : names
            return "  \(place):\(problem.column): \(problem.message), for \(whom)" + (problem.hint.map { "; \($0)" } ?? "")
        }
        return .badData("names can't be filled in, so nothing was connected to\n" + lines.joined(separator: "\n"))
    }
}
