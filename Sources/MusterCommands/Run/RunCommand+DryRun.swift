import Muster
import MusterInventory
import MusterRendering

extension RunCommand {
    /// Prints what would run where, without fetching a secret, let alone showing one.
    ///
    /// - Parameter commands: One list for each host.
    func showPlan(hosts: [InventoryHost], commands: [[String]], in surroundings: Surroundings) throws -> Int32 {
        let plan = zip(hosts, commands).map { (ResolvedHost($0, localUser: surroundings.localUser), $1) }
        try surroundings.output.write(Array(text(of: plan, surroundings).utf8))
        if !output.quiet {
            let devices = counted(plan.count, "device", "devices")
            let count = commands.first?.count ?? 0
            surroundings.errors.say("\(devices), \(counted(count, "command", "commands")); a dry run connects to nothing\n")
        }
        return ExitStatus.success
    }

    private func text(of plan: [(host: ResolvedHost, commands: [String])], _ surroundings: Surroundings) -> String {
        guard output.output == .text else {
            return JSONList(lines: output.output == .jsonl).text(of: plan) { json, entry in
                entry.host.writeMembers(to: &json)
                json.key("commands")
                json.array(entry.commands) { $0.string($1) }
            }
        }
        let palette = Palettes(choice: output.color, surroundings).output
        var table = Table(header: ["HOST", "ADDRESS", "PORT", "USER", "PLATFORM", "COMMANDS"])
        for (host, commands) in plan {
            table.append([host.name, host.address, String(host.port), host.user, host.platform, commands.joined(separator: "; ")])
        }
        return table.rendered(palette: palette)
    }
}
