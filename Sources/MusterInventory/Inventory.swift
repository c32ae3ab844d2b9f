/// The devices to talk to, read from YAML files.
///
/// A value of a host is looked up in its own entry, then in its groups depth first in the order they are listed, then in the defaults;
/// the first that is set counts. `data` is merged key by key in the same order.
public struct Inventory: Sendable {
    /// The hosts, in the order of the files, with all their values.
    public let hosts: [InventoryHost]
    /// The names of the hosts in each group, members of its member groups included, in the order of the hosts.
    public let groups: [String: [String]]
    /// What works and had better be changed.
    public let warnings: [InventoryWarning]

    let indexByName: [String: Int]

    /// Makes an inventory of hosts that are in no file.
    public init(hosts: [InventoryHost]) {
        self.init(hosts: hosts, groups: [:], warnings: [])
    }

    init(hosts: [InventoryHost], groups: [String: [String]], warnings: [InventoryWarning]) {
        self.hosts = hosts
        self.groups = groups
        self.warnings = warnings
        var index: [String: Int] = [:]
        index.reserveCapacity(hosts.count)
        for (position, host) in hosts.enumerated() { index[host.name] = position }
        self.indexByName = index
    }

    /// The host of this name.
    public subscript(name: String) -> InventoryHost? {
        indexByName[name].map { hosts[$0] }
    }

    /// Reads an inventory from files and folders.
    ///
    /// Several files make one inventory: each adds hosts and groups, and the defaults of a later file go before those of an earlier
    /// one. A folder stands for all files in it that end in `.yaml` or `.yml`, sorted by name; folders within it are left out. The
    /// files are read on the calling thread.
    ///
    /// - Parameters:
    ///   - paths: Files and folders.
    ///   - knownPlatforms: When given, any other platform is a problem; the path of a definition is none.
    /// - Throws: `InventoryProblems`, with all mistakes of all files.
    public static func load(paths: [String], knownPlatforms: Set<String>? = nil) throws(InventoryProblems) -> Inventory {
        var assembly = InventoryAssembly(knownPlatforms: knownPlatforms)
        for path in paths {
            let known = assembly.problems.count
            let files = InventoryFiles.files(at: path, problems: &assembly.problems)
            for problem in assembly.problems[known...] { assembly.register(problem.file) }
            for file in files { assembly.add(file) }
        }
        return try assembly.finished(sources: paths)
    }

    /// Reads an inventory from text.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - file: The name of the file for messages; paths in the inventory are relative to its folder.
    ///   - knownPlatforms: When given, any other platform is a problem.
    /// - Throws: `InventoryProblems`, with all mistakes.
    public static func parse(
        _ text: String, file: String = "inventory.yaml", knownPlatforms: Set<String>? = nil
    ) throws(InventoryProblems) -> Inventory {
        var assembly = InventoryAssembly(knownPlatforms: knownPlatforms)
        assembly.add(InventoryFile(path: file, text: text, readableByOthers: nil))
        return try assembly.finished(sources: [file])
    }
}
