internal import Yams

extension Platform {
    /// The key `muster.config`.
    static func config(
        _ node: Node?, _ reader: DefinitionReader, modes: [String], defaultMode: String
    ) throws(PlatformProblem) -> ConfigRules? {
        guard let node else { return nil }
        let names = ConfigRules.Part.allCases.map(\.rawValue)
        let map = try reader.map(node, "muster.config", known: names + otherConfigKeys)
        var parts: [ConfigRules.Part: [Instruction]] = [:]
        for part in ConfigRules.Part.allCases {
            parts[part] = try instructions(map[part.rawValue], "muster.config.\(part.rawValue)", reader, modes: modes)
        }
        if parts[.enter]?.isEmpty == false, parts[.exit]?.isEmpty != false { parts[.exit] = [.enterMode(defaultMode)] }
        if parts[.confirm]?.isEmpty != false, parts[.commitConfirmed]?.isEmpty == false { parts[.confirm] = parts[.commit] }
        let unchanged = try reader.list(map["unchanged"], "muster.config.unchanged") { node, key throws(PlatformProblem) in
            try reader.requiredPattern(node, key, .anywhere)
        }
        var rules = ConfigRules(parts: parts, unchanged: unchanged, isAtomic: try reader.flag(map["atomic"], "muster.config.atomic"))
        if let node = map["mode"], let mode = try reader.text(node, "muster.config.mode") {
            if !modes.isEmpty, let problem = reader.missing(mode, in: modes, node, "muster.config.mode") {
                reader.warn(problem, .undefinedMode)
            } else {
                rules.mode = mode
            }
        }
        rules.leaving = Set(
            try reader.list(map["leaving"], "muster.config.leaving") { node, key throws(PlatformProblem) in
                let name = try reader.requiredText(node, node, key)
                try reader.require(name, in: names, node, key)
                return ConfigRules.Part(rawValue: name) ?? .exit
            })
        rules.failurePatterns = try reader.patterns(map["failure_patterns"], "muster.config.failure_patterns", .anywhere)
        rules.failureExcludes =
            map["failure_excludes"] == nil
            ? ConfigRules.information : try reader.patterns(map["failure_excludes"], "muster.config.failure_excludes", .anywhere)
        rules.diffExcludes = try reader.patterns(map["diff_excludes"], "muster.config.diff_excludes", .anywhere)
        rules.isSilent = try reader.flag(map["silent"], "muster.config.silent") ?? true
        return rules
    }

    private static let otherConfigKeys = [
        "unchanged", "atomic", "mode", "leaving", "failure_patterns", "failure_excludes", "diff_excludes", "silent",
    ]

    /// The key `muster.save`; empty where the definition says that nothing needs to be saved.
    static func save(_ node: Node?, _ reader: DefinitionReader, modes: [String]) throws(PlatformProblem) -> [Instruction]? {
        guard let node else { return nil }
        return try instructions(node, "muster.save", reader, modes: modes)
    }
}
