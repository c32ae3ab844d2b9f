import Muster
import MusterInventory

/// Where an inventory is read from.
enum InventorySource: Equatable {
    /// These files and folders.
    case paths([String])
    /// There is none.
    case missing

    /// The file that is taken when nothing else is said.
    static let defaultPath = "inventory.yaml"

    /// Finds the inventory: the command line's, the environment's, the folder's.
    static func find(_ paths: [String], in surroundings: Surroundings, exists: (String) -> Bool = fileExists) -> InventorySource {
        if !paths.isEmpty { return .paths(paths) }
        if let path = surroundings.environment["MUSTER_INVENTORY"], !path.isEmpty { return .paths([path]) }
        return exists(defaultPath) ? .paths([defaultPath]) : .missing
    }

    /// Reads the inventory, and says its warnings.
    ///
    /// - Throws: `CommandFailure` with status 65 and every problem, or with how to begin when there is no inventory.
    func load(in surroundings: Surroundings, quiet: Bool) throws -> Inventory {
        guard case .paths(let paths) = self else {
            throw CommandFailure.badData(
                """
                no inventory found: no -i PATH, $MUSTER_INVENTORY is not set, and there is no ./\(InventorySource.defaultPath)
                To begin without one, name a device:
                  muster run -w user@host "show version"
                """)
        }
        let inventory: Inventory
        do {
            let platforms = try PlatformSources(surroundings).library()
            inventory = try Inventory.load(paths: paths, knownPlatforms: platforms.inventoryNames)
        } catch let error as InventoryProblems {
            let count = error.problems.count
            throw CommandFailure.badData("the inventory has \(counted(count, "a problem", "problems").withoutOne)\n\(error)")
        }
        if !quiet {
            for warning in inventory.warnings { surroundings.errors.say("warning: \(warning)\n") }
        }
        return inventory
    }
}

extension String {
    /// `1 a problem` as people say it: `a problem`.
    fileprivate var withoutOne: String { hasPrefix("1 a ") ? String(dropFirst(2)) : self }
}

extension Inventory {
    /// Chooses hosts; none is an error.
    ///
    /// - Throws: `CommandFailure` for a set or an expression that names what the inventory does not have, or that leaves no host.
    func chosen(hosts: NodeSet?, exclude: NodeSet?, select: Selection?) throws -> [InventoryHost] {
        let chosen: [InventoryHost]
        do {
            chosen = try self.select(hosts: hosts, exclude: exclude, where: select)
        } catch {
            throw CommandFailure.usage("\(error)")
        }
        if !chosen.isEmpty { return chosen }
        if self.hosts.isEmpty { throw CommandFailure.badData("the inventory has no hosts") }
        throw CommandFailure.usage(
            "no host is left of the inventory's \(self.hosts.count); muster inventory show lists them with their groups")
    }
}
