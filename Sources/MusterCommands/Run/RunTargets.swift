import Muster
import MusterConsole
import MusterInventory
import MusterSSHConfig

/// The hosts of a run, with what the command line says laid over what the inventory says.
struct RunTargets {
    var devices: DeviceOptions
    /// How to log in; nil when nobody does.
    var login: LoginOptions?
    var port: Int?

    /// What fills in that neither the command line nor the inventory says.
    var config: SSHConfig

    init(devices: DeviceOptions, login: LoginOptions, config: SSHConfig) {
        self.devices = devices
        self.login = login
        self.config = config
        port = login.port
    }

    /// Targets that are looked at without logging in.
    init(devices: DeviceOptions, port: Int?, config: SSHConfig) {
        self.devices = devices
        self.port = port
        self.config = config
    }

    /// Finds the hosts.
    ///
    /// - Throws: `CommandFailure` with status 64 or 65.
    func hosts(in surroundings: Surroundings, quiet: Bool) throws -> [InventoryHost] {
        if let login { try PlatformSources(surroundings).check(login) }
        let source = InventorySource.find(devices.inventory.inventory, in: surroundings)
        let hosts: [InventoryHost]
        if source == .missing, let nodes = devices.hosts {
            hosts = try adHoc(nodes)
        } else {
            let inventory = try source.load(in: surroundings, quiet: quiet)
            hosts = try inventory.chosen(hosts: devices.hosts, exclude: devices.inventory.exclude, select: devices.inventory.select)
            // The command line goes before the inventory.
            return try routed(
                hosts.map { overridden($0, port: port ?? $0.port, environment: surroundings.environment) }, in: inventory)
        }
        // A port or user in the address itself is the nearest to the device.
        return try routed(
            hosts.map { overridden($0, port: $0.port ?? port, environment: surroundings.environment) }, in: Inventory(hosts: []))
    }

    /// The hosts with their bastions looked up, and with what `ssh_config` says of both.
    ///
    /// - Throws: `CommandFailure` with status 65 for a `jump` that makes no sense or leads over telnet.
    private func routed(_ hosts: [InventoryHost], in inventory: Inventory) throws -> [InventoryHost] {
        try hosts.map { host in
            var host = host
            do {
                if !host.jump.isEmpty { host.bastions = try inventory.bastions(of: host) }
            } catch {
                throw CommandFailure.badData("'jump' of \(host.name.oneLine): \(error)")
            }
            let configured = try inventory.configured(host, in: config)
            if let bastion = configured.bastions.first(where: { $0.transport == .telnet }) {
                throw CommandFailure.badData(
                    "'jump' of \(host.name.oneLine): the bastion \(bastion.name.oneLine) has the transport telnet, which carries nothing onwards; "
                        + "give it 'transport: ssh', 'openssh' or 'auto' of its own")
            }
            return configured
        }
    }

    private func adHoc(_ nodes: NodeSet) throws -> [InventoryHost] {
        guard devices.inventory.select == nil else {
            throw CommandFailure.usage(
                "-s chooses by what an inventory says of its hosts, and there is no inventory; give one with -i PATH")
        }
        do {
            let excluded = Set(try devices.inventory.exclude?.names() ?? [])
            let hosts = try InventoryHost.adHoc(nodes).filter { !excluded.contains($0.name) && !excluded.contains($0.address) }
            guard !hosts.isEmpty else { throw CommandFailure.usage("no host is left after -x") }
            return hosts
        } catch let error as SelectionError {
            throw CommandFailure.usage("\(error)")
        }
    }

    private func overridden(_ host: InventoryHost, port: Int?, environment: [String: String]) -> InventoryHost {
        var host = host
        host.port = port
        guard let login else { return host }
        host.user = login.user ?? host.user
        if let jump = login.jump { host.jump = jump.split(separator: ",").map(String.init) }
        host.platform = login.platformName(home: environment["HOME"]) ?? host.platform
        host.transport = login.transport ?? host.transport
        host.channel = login.channel ?? host.channel
        if login.legacy { host.legacy = true }
        if !login.identity.isEmpty { host.identity = login.identity.map { expandedHome($0, environment["HOME"]) } }
        host.credentials = host.credentials.compactMap { remaining($0, login) }
        if login.askPassword { host.password = .prompt("Password") }
        if let name = login.passwordEnv { host.password = .environment(name) }
        return host
    }

    /// An entry of the inventory's list, if the command line leaves it a place.
    ///
    /// A password or key of the command line's is all that is tried, but for codes; a user of the command line's is the only one.
    private func remaining(_ credential: InventoryCredential, _ login: LoginOptions) -> InventoryCredential? {
        let isCode = if case .oneTimeCode = credential.kind { true } else { false }
        if !isCode, login.askPassword || login.passwordEnv != nil || !login.identity.isEmpty { return nil }
        guard let user = login.user else { return credential }
        return isCode || credential.user == nil || credential.user == user ? InventoryCredential(credential.kind) : nil
    }

}

/// The path with `~` resolved, which the shell leaves alone in `--identity=~/.ssh/key`.
func expandedHome(_ path: String, _ home: String?) -> String {
    guard path.hasPrefix("~/"), let home else { return path }
    return home + path.dropFirst()
}

extension LoginOptions {
    /// The platform of all devices, or the path of its definition; nil leaves it to the inventory.
    func platformName(home: String?) -> String? {
        // A path even where it is the bare name of a file: only paths have a slash.
        if let definition { return definition.contains("/") ? expandedHome(definition, home) : "./" + definition }
        return platform.map { PlatformLibrary.isPath($0) ? expandedHome($0, home) : $0 }
    }
}
