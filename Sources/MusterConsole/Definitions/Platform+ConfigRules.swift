internal import Yams

extension Platform {
    /// The key `muster.config`.
    static func config(
        _ node: Node?, _ reader: DefinitionReader, modes: [String], defaultMode: String
    ) throws(PlatformProblem) -> ConfigRules? {
        guard let node else { return nil }
        let names = ConfigRules.Part.allCases.map(\.rawValue)
        let map = try reader.map(node, "muster.config", known: names + ["unchanged", "atomic"])
        var parts: [ConfigRules.Part: [Instruction]] = [:]
        for part in ConfigRules.Part.allCases {
            parts[part] = try instructions(map[part.rawValue], "muster.config.\(part.rawValue)", reader, modes: modes)
        }
        if parts[.enter]?.isEmpty == false, parts[.exit]?.isEmpty != false { parts[.exit] = [.enterMode(defaultMode)] }
        if parts[.confirm]?.isEmpty != false, parts[.commitConfirmed]?.isEmpty == false { parts[.confirm] = parts[.commit] }
        let unchanged = try reader.list(map["unchanged"], "muster.config.unchanged") { node, key throws(PlatformProblem) in
            try reader.requiredPattern(node, key, .anywhere)
        }
        return ConfigRules(parts: parts, unchanged: unchanged, isAtomic: try reader.flag(map["atomic"], "muster.config.atomic"))
    }

    /// The key `muster.save`; empty where the definition says that nothing needs to be saved.
    static func save(_ node: Node?, _ reader: DefinitionReader, modes: [String]) throws(PlatformProblem) -> [Instruction]? {
        guard let node else { return nil }
        return try instructions(node, "muster.save", reader, modes: modes)
    }
}
