internal import Yams

/// The keys by which a platform is told from others and a definition is tested.
extension Platform {
    /// The key `muster.detect`.
    static func detection(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> DetectionRules {
        guard let node else { return DetectionRules() }
        let map = try reader.map(node, "muster.detect", known: ["ssh_banner", "login_banner", "probes"])
        return DetectionRules(
            sshBanner: try reader.patterns(map["ssh_banner"], "muster.detect.ssh_banner", .anywhere),
            loginBanner: try reader.patterns(map["login_banner"], "muster.detect.login_banner", .anywhere),
            probes: try reader.list(map["probes"], "muster.detect.probes") { node, key throws(PlatformProblem) in
                let map = try reader.map(node, key, known: ["input", "pattern"])
                guard let pattern = map["pattern"] else { throw reader.problem(node, "\(key).pattern", "missing", "a regular expression") }
                return DetectionRules.Probe(
                    input: try reader.requiredText(map["input"], node, "\(key).input"),
                    pattern: try reader.requiredPattern(pattern, "\(key).pattern", .anywhere))
            })
    }

    /// The key `muster.tests`.
    static func tests(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> DefinitionTests {
        var tests = DefinitionTests()
        guard let node else { return tests }
        let map = try reader.map(node, "muster.tests", known: DefinitionTests.Kind.allCases.map(\.rawValue))
        for kind in DefinitionTests.Kind.allCases {
            tests.cases[kind] = try reader.list(map[kind.rawValue], "muster.tests.\(kind.rawValue)") { node, key throws(PlatformProblem) in
                let map = try reader.map(node, key, known: ["text", kind.verdict])
                // Left out by mistake it would pass for "none".
                guard reader.has(kind.verdict, in: node) else {
                    throw reader.problem(node, "\(key).\(kind.verdict)", "missing", "the verdict, or null for none")
                }
                return DefinitionTests.Case(
                    text: Array(try reader.requiredText(map["text"], node, "\(key).text").utf8),
                    expected: try reader.text(map[kind.verdict], "\(key).\(kind.verdict)"), line: node.mark?.line)
            }
        }
        return tests
    }
}
