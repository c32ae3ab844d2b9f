import MusterInventory
import MusterSSHConfig

/// Where `ssh_config` is read from.
enum SSHConfigSource {
    /// Reads the configuration that the command line names, else the user's and the system's.
    ///
    /// - Throws: `CommandFailure` with status 65 and every mistake.
    static func load(_ path: String?, in surroundings: Surroundings) throws -> SSHConfig {
        let place: SSHConfig.Place =
            switch path {
            case nil: .standard
            case "none": .nothing
            case let path?: .file(path)
            }
        do {
            return try SSHConfig.load(place, facts: surroundings.sshFacts, files: surroundings.sshConfigFiles)
        } catch {
            let hint = path == nil ? "\nssh would stop at these, too; -F none leaves the file aside" : ""
            throw CommandFailure.badData("ssh_config has \(counted(error.problems.count, "mistake", "mistakes"))\n\(error)\(hint)")
        }
    }
}

extension Inventory {
    /// The host and its bastions with what `ssh_config` says where the inventory and the command line leave it open.
    ///
    /// - Throws: `CommandFailure` with status 65 for a value that makes no sense for this host.
    func configured(_ host: InventoryHost, in config: SSHConfig) throws -> InventoryHost {
        do {
            return try configured(host, by: config)
        } catch {
            throw CommandFailure.badData("\(error)")
        }
    }
}
