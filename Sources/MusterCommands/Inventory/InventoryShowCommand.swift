import ArgumentParser
import MusterInventory
import MusterRendering
import MusterSSHConfig

/// `muster inventory show`: the hosts with what their groups and the defaults give them.
struct InventoryShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the resolved hosts, or where a host's values come from.",
        discussion: """
            Examples:
              muster inventory show
              muster inventory show 'leaf[01-08]' @spines
              muster inventory show -s site=ams -o json
              muster inventory show --explain leaf-01
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: ArgumentHelp("Only these: leaf[01-48], spine1, @group.", valueName: "host"))
    var hosts: [String] = []

    @Option(help: ArgumentHelp("Say where each value of this host comes from.", valueName: "host"))
    var explain: String?

    @OptionGroup(title: "Devices") var inventory: InventoryOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.text

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    func validate() throws {
        if explain != nil, !hosts.isEmpty || inventory.exclude != nil || inventory.select != nil {
            throw ValidationError("--explain HOST is about one host; leave out the other choices.")
        }
        _ = try nodes
    }

    /// The hosts asked for, as one set.
    private var nodes: NodeSet? {
        get throws { hosts.isEmpty ? nil : try ArgumentText.nodeSet(hosts.joined(separator: ",")) }
    }

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let loaded = try InventorySource.find(inventory.inventory, in: surroundings).load(in: surroundings, quiet: false)
        let config = try SSHConfigSource.load(inventory.sshConfig, in: surroundings)
        let palette = Palettes(choice: color, surroundings).output
        let text =
            if let explain {
                try explanation(of: explain, in: loaded, config, surroundings, palette)
            } else {
                listing(
                    of: try loaded.chosen(hosts: try nodes, exclude: inventory.exclude, select: inventory.select)
                        .map { try loaded.configured($0, in: config) }, surroundings, palette)
            }
        try surroundings.output.write(Array(text.utf8))
        return ExitStatus.success
    }

    private func listing(of hosts: [InventoryHost], _ surroundings: Surroundings, _ palette: Palette) -> String {
        let resolved = hosts.map { (host: $0, values: ResolvedHost($0, localUser: surroundings.localUser)) }
        if output == .json {
            return JSONList(lines: false).text(of: resolved) { json, row in
                row.values.writeMembers(to: &json)
                json.key("groups")
                json.array(row.host.groups) { $0.string($1) }
                json.key("data")
                InventoryValue.write(row.host.data, to: &json)
            }
        }
        var table = Table(header: ["NAME", "ADDRESS", "PORT", "PLATFORM", "USER", "GROUPS"])
        for (host, values) in resolved {
            table.append([
                values.name, values.address, String(values.port), values.platform, values.user, host.groups.joined(separator: ", "),
            ])
        }
        return table.rendered(palette: palette)
    }

    private func explanation(
        of name: String, in inventory: Inventory, _ config: SSHConfig, _ surroundings: Surroundings, _ palette: Palette
    ) throws -> String {
        guard let listed = inventory[name] else {
            let hint = Suggestion.hint(for: name, among: inventory.hosts.map(\.name)).map { "; \($0)" } ?? ""
            throw CommandFailure.usage("the inventory has no host '\(name.oneLine)'\(hint)")
        }
        let host = try inventory.configured(listed, in: config)
        var rows = inventory.explain(host).map { row in
            let origin = host.sshOrigins[row.field].map { "ssh_config, \($0)" } ?? row.origin?.description
            return (field: row.field, value: row.value, origin: origin ?? (row.field == "identity" ? "ssh's defaults" : "the host's name"))
        }
        rows += host.sshRows
        let resolved = ResolvedHost(host, localUser: surroundings.localUser)
        // What the inventory leaves open, a run fills in.
        if host.port == nil { rows.append(("port", String(resolved.port), "built in")) }
        if host.user == nil, !resolved.user.isEmpty { rows.append(("user", resolved.user, "the local user")) }
        if host.platform == nil { rows.append(("platform", resolved.platform, "built in")) }
        let order = [
            "address", "port", "user", "password", "passphrase", "enable", "secrets", "identity", "credentials", "platform", "jump",
            "transport", "channel", "legacy", "host_key", "groups",
        ]
        func place(_ field: String) -> Int {
            order.firstIndex(of: field.hasPrefix("secrets.") ? "secrets" : field) ?? order.count
        }
        rows.sort { (place($0.field), $0.field) < (place($1.field), $1.field) }
        if output == .json {
            return JSONList(lines: false).text(of: rows) { json, row in
                json.member("field", row.field)
                json.member("value", row.value)
                json.member("origin", row.origin)
            }
        }
        var table = Table(header: ["FIELD", "VALUE", "FROM"])
        for row in rows { table.append([row.field, row.value, row.origin]) }
        return table.rendered(palette: palette)
    }
}
