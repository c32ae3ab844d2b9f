import Muster
import MusterInventory
import MusterRendering

extension ConfigureCommand {
    func perform(in surroundings: Surroundings) async throws -> Int32 {
        guard yes || dryRun || renderOnly || surroundings.confirm != nil else {
            throw CommandFailure.usage("no one to ask: there is no terminal; look at --dry-run, and then use --yes")
        }
        let answers = try questions.all(in: surroundings.environment)
        let source = try source(in: surroundings)
        let (hosts, config) = try targets(in: surroundings)
        let platforms = try PlatformSources(surroundings).definitions(for: hosts)
        let (change, lines) = try change(of: source, for: hosts, platforms)
        let changes = try lines.rendered(for: hosts, defaultUser: surroundings.localUser).map { texts in
            var each = change
            for (index, text) in texts.enumerated() { each.lines[index].text = text }
            return each
        }
        try check(changes, for: hosts, platforms)
        if renderOnly { return try show(changes, for: hosts, in: surroundings) }
        guard try await isAgreed(changes, hosts, surroundings) else {
            surroundings.errors.say("nothing was changed\n")
            return ExitStatus.rejected
        }
        let devices = try await resolved(hosts, in: surroundings)
        let tasks = zip(devices, changes).map { DeviceTask($0, change: $1) }
        var options = runOptions(surroundings.confirm)
        options.platforms = platforms
        options.answers = answers
        return try await run(tasks, options: options, remarks: config.notes, changes: true, in: surroundings)
    }

    private var sourceName: String? { file == "-" ? "standard input" : file?.oneLine }

    /// The lines as they are written.
    private func source(in surroundings: Surroundings) throws -> [String] {
        guard let file else { return lines }
        let source = CommandsFile.lines(in: try read(file, "the configuration", in: surroundings)).map { String($0.text) }
        guard !ConfigurationChange(source).lines.isEmpty else {
            throw CommandFailure.usage("no line of configuration in \(sourceName ?? "")")
        }
        return source
    }

    /// The change, and its lines to be filled in for each host.
    private func change(
        of source: [String], for hosts: [InventoryHost], _ platforms: PlatformDefinitions
    ) throws -> (ConfigurationChange, LineTemplates) {
        let name = sourceName
        var change = ConfigurationChange(
            source: source, rules: MultilineInput.rules(MultilineInput.common, and: platforms.known(for: hosts.map(\.platform))))
        change.isDryRun = dryRun
        change.saves = save
        change.confirmWithin = confirm
        guard !change.lines.isEmpty else { throw CommandFailure.usage("no line of configuration") }
        let sources = change.lines.map { line in
            LineTemplates.Source(line.text, number: line.number, place: name.map { "\($0):\(line.number)" } ?? "line \(line.number)")
        }
        return (change, try LineTemplates(sources, isLiteral: templates.noTemplates))
    }

    /// Refuses what some device can't do, before any is connected to.
    private func check(_ changes: [ConfigurationChange], for hosts: [InventoryHost], _ platforms: PlatformDefinitions) throws {
        var problems: [(text: String, hosts: [String])] = []
        for (host, change) in zip(hosts, changes) {
            let device = Device(name: host.name, platform: host.platform ?? "generic", user: "")
            guard let problem = device.problem(with: change, platforms: platforms) else { continue }
            let text = problem.message + (problem.hint.map { "; \($0)" } ?? "")
            if let known = problems.firstIndex(where: { $0.text == text }) {
                problems[known].hosts.append(host.name)
            } else {
                problems.append((text, [host.name]))
            }
        }
        guard !problems.isEmpty else { return }
        let lines = problems.map { text, hosts in
            "  \(hosts.prefix(10).map(\.oneLine).joined(separator: ", "))\(hosts.count > 10 ? " and \(hosts.count - 10) more" : ""): \(text.oneLine)"
        }
        throw CommandFailure.usage("the change can't be made so, and nothing was connected to\n" + lines.joined(separator: "\n"))
    }

    private func isAgreed(_ changes: [ConfigurationChange], _ hosts: [InventoryHost], _ surroundings: Surroundings) async throws -> Bool {
        guard !yes, !dryRun, let confirm = surroundings.confirm else { return true }
        var platforms: [String: Int] = [:]
        for host in hosts { platforms[host.platform ?? "generic", default: 0] += 1 }
        let kinds = platforms.sorted { $0.key < $1.key }.map { "\($0.key.oneLine) \($0.value)" }.joined(separator: ", ")
        let lines = counted(changes.first?.lines.count ?? 0, "line", "lines")
        return try await confirm("Change the configuration of \(counted(hosts.count, "device", "devices")) (\(kinds)), \(lines) each?")
    }

    /// Prints the lines for each device.
    private func show(_ changes: [ConfigurationChange], for hosts: [InventoryHost], in surroundings: Surroundings) throws -> Int32 {
        let plan = zip(hosts.map { ResolvedHost($0, localUser: surroundings.localUser) }, changes)
        var text = ""
        if output.output == .text {
            let palette = Palettes(choice: output.color, surroundings).output
            for (host, change) in plan {
                text += (text.isEmpty ? "" : "\n") + palette.bold(host.name.oneLine) + palette.dim(" (\(host.platform.oneLine))") + "\n"
                for line in change.lines.flatMap({ $0.text.split(separator: "\n", omittingEmptySubsequences: false) }) {
                    text += String(line).oneLine + "\n"
                }
            }
        } else {
            text = JSONList(lines: output.output == .jsonl).text(of: Array(plan)) { json, entry in
                entry.0.writeMembers(to: &json)
                json.key("commands")
                json.array(entry.1.lines) { $0.string($1.text) }
            }
        }
        try surroundings.output.write(Array(text.utf8))
        if !output.quiet { surroundings.errors.say("\(counted(hosts.count, "device", "devices")); nothing was connected to\n") }
        return ExitStatus.success
    }
}
