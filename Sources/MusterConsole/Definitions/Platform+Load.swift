internal import Yams

extension Platform {
    /// Reads a definition.
    ///
    /// - Parameters:
    ///   - yaml: the text, in the scrapli definitions schema, with keys of our own under `muster:`.
    ///   - name: the platform's name.
    ///   - file: where the text is from, for problems.
    /// - Throws: The first error; warnings are left out.
    package static func load(yaml: String, name: String, file: String) throws(PlatformProblem) -> Platform {
        let definition = read(yaml: yaml, name: name, file: file)
        if let platform = definition.platform { return platform }
        throw definition.problems.first { $0.severity == .error }
            ?? PlatformProblem(file: file, line: nil, key: "", what: "no definition", expected: "one")
    }

    /// Reads a definition, and finds everything that keeps it from being used, or that is passed over.
    ///
    /// - Parameter keepsPlaces: Whether it is told where each key stands.
    package static func read(yaml: String, name: String, file: String, keepsPlaces: Bool = false) -> Definition {
        let reader = DefinitionReader(file: file, keepsPlaces: keepsPlaces)
        let platform = reader.noting(nil) { () throws(PlatformProblem) -> Platform? in
            try assembled(try extended(try root(of: yaml, file), reader), name, reader)
        }
        let isUsable = !reader.problems.contains { $0.severity == .error }
        // By their place; what has none comes last.
        let problems = reader.problems.enumerated().sorted {
            ($0.element.line ?? .max, $0.element.column ?? .max, $0.offset) < (
                $1.element.line ?? .max, $1.element.column ?? .max, $1.offset
            )
        }
        return Definition(
            file: file, platform: isUsable ? platform : nil, problems: problems.map(\.element), places: reader.places)
    }

    /// The description in a definition.
    static func summary(ofDefinition yaml: String) -> String? {
        (try? root(of: yaml, ""))?["muster"]?["description"]?.scalar?.string
    }

    private static func root(of yaml: String, _ file: String) throws(PlatformProblem) -> Node {
        // libyaml counts a byte order mark as a column.
        let text = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
        do {
            // No resolver rules: what a scalar means is decided here, by the key, without Foundation's regular expressions.
            if let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() { return root }
        } catch {
            throw syntaxProblem(error, file)
        }
        throw PlatformProblem(file: file, line: nil, key: "", what: "nothing in it", expected: "a platform definition")
    }

    private static func assembled(_ root: Node, _ name: String, _ reader: DefinitionReader) throws(PlatformProblem) -> Platform {
        let map = try reader.map(root, "", known: topKeys)
        let muster = reader.noting([:]) { () throws(PlatformProblem) in
            try map["muster"].map { node throws(PlatformProblem) in try reader.map(node, "muster", known: musterKeys) } ?? [:]
        }
        let modes = reader.noting([]) { () throws(PlatformProblem) in
            try reader.list(map["modes"], "modes") { node, key throws(PlatformProblem) in try mode(node, key, reader) }
        }
        if map["modes"].map({ $0.sequence?.isEmpty ?? false }) ?? true {
            reader.note(reader.problem(map["modes"] ?? root, "modes", "missing", "a list of at least one mode"))
        }
        checkNames(modes, map, root, reader)
        let rules = reader.noting(PromptRule(pattern: nil)) { () throws(PlatformProblem) in
            PromptRule(
                pattern: try reader.pattern(map["prompt_pattern"], "prompt_pattern", .whole),
                excludes: try reader.texts(map["prompt_excludes"], "prompt_excludes"))
        }
        func flag(_ key: String) -> Bool {
            reader.noting(false) { () throws(PlatformProblem) in try reader.flag(map[key], key) ?? false }
        }
        func text(_ key: String) -> String? {
            reader.noting(nil) { () throws(PlatformProblem) in try reader.text(map[key], key) }
        }
        func own(_ key: String) -> String? {
            reader.noting(nil) { () throws(PlatformProblem) in try reader.text(muster[key], "muster.\(key)") }
        }
        func ownPatterns(_ key: String) -> [Pattern] {
            reader.noting([]) { () throws(PlatformProblem) in try reader.patterns(muster[key], "muster.\(key)", .anywhere) }
        }
        func ownInstructions(_ key: String) -> [Instruction] {
            reader.noting([]) { () throws(PlatformProblem) in try instructions(map[key], key, reader, modes: modes.map(\.name)) }
        }
        return Platform(
            name: name, prompt: rules, defaultMode: text("default_mode") ?? modes.first?.name ?? "", modes: modes,
            failureIndicators: reader.noting([]) { () throws(PlatformProblem) in
                try reader.texts(map["failure_indicators"], "failure_indicators")
            },
            failurePatterns: ownPatterns("failure_patterns"), onOpen: ownInstructions("on_open_instructions"),
            onClose: closing(ownInstructions("on_close_instructions"), map["on_close_instructions"], reader),
            forceInSessionAuth: flag("force_in_session_auth"),
            bypassInSessionAuth: flag("bypass_in_session_auth"), ntcTemplatesPlatform: text("ntc_templates_platform"),
            geniePlatform: text("genie_platform"),
            pagers: reader.noting(nil) { () throws(PlatformProblem) in try pagers(muster["pager"], reader) },
            echo: reader.noting(.exact) { () throws(PlatformProblem) in try echo(muster["echo"], reader) },
            pty: reader.noting(PTYWishes()) { () throws(PlatformProblem) in try pty(muster["pty"], reader) },
            typeAhead: reader.noting(false) { () throws(PlatformProblem) in
                try reader.flag(muster["type_ahead"], "muster.type_ahead") ?? false
            },
            returnKey: own("return").map { Array($0.utf8) } ?? [10],
            login: reader.noting(nil) { () throws(PlatformProblem) in try login(muster["login"], reader) },
            telnetNewline: reader.noting(.crlf) { () throws(PlatformProblem) in try telnetNewline(muster["telnet_return"], reader) },
            summary: own("description"), failureExcludes: ownPatterns("failure_excludes"), versionCommand: own("version_command"),
            detection: reader.noting(DetectionRules()) { () throws(PlatformProblem) in try detection(muster["detect"], reader) },
            tests: reader.noting(DefinitionTests()) { () throws(PlatformProblem) in try tests(muster["tests"], reader) },
            questions: reader.noting([]) { () throws(PlatformProblem) in try questions(muster["questions"], reader) },
            abortKey: reader.noting([0x03]) { () throws(PlatformProblem) in try abortKey(muster["abort"], reader) },
            encoding: reader.noting(.utf8) { () throws(PlatformProblem) in try encoding(muster["encoding"], reader) },
            config: reader.noting(nil) { () throws(PlatformProblem) in
                try config(muster["config"], reader, modes: modes.map(\.name), defaultMode: text("default_mode") ?? modes.first?.name ?? "")
            },
            save: reader.noting(nil) { () throws(PlatformProblem) in try save(muster["save"], reader, modes: modes.map(\.name)) },
            saved: ownPatterns("saved"), helpKeys: own("help_keys") ?? "", quoteKey: own("quote_key"),
            allowsExec: reader.noting(false) { () throws(PlatformProblem) in try allowsExec(muster["exec"], reader) },
            multiline: reader.noting(nil) { () throws(PlatformProblem) in try multiline(muster["multiline"], reader) })
    }

    /// Names of modes that are not there, twice there, or have no prompt.
    ///
    /// A way into a mode that is not there is an error for whoever goes it: the published definitions have some.
    private static func checkNames(_ modes: [Mode], _ map: [String: Node], _ root: Node, _ reader: DefinitionReader) {
        let names = modes.map(\.name)
        let nodes = map["modes"]?.sequence.map { Array($0) } ?? []
        // Where a mode could not be read at all, the others would be blamed for it.
        guard nodes.count == modes.count, !modes.isEmpty else { return }
        for (index, mode) in modes.enumerated() {
            let key = "modes[\(index)]"
            if names[..<index].contains(mode.name) {
                reader.note(reader.problem(nodes[index], "\(key).name", "a second mode '\(mode.name)'", "each name once"))
            }
            // With one mode there is nothing to tell apart.
            if modes.count > 1, mode.prompt.pattern == nil {
                reader.note(reader.problem(nodes[index], key, "no prompt", "prompt_pattern or prompt_exact"))
            }
            let ways = nodes[index].mapping?["accessible_modes"]?.sequence.map { Array($0) } ?? []
            for (number, way) in mode.ways.enumerated() {
                let node = ways.count == mode.ways.count ? ways[number].mapping?["name"] ?? ways[number] : nodes[index]
                if let problem = reader.missing(way.target, in: names, node, "\(key).accessible_modes[\(number)].name") {
                    reader.warn(problem, .undefinedMode)
                }
            }
        }
        if let node = map["default_mode"], let name = node.scalar?.string,
            let problem = reader.missing(name, in: names, node, "default_mode")
        {
            reader.warn(problem, .defaultMode)
        }
    }

    private static let topKeys = [
        "prompt_pattern", "prompt_excludes", "default_mode", "modes", "failure_indicators", "on_open_instructions",
        "on_close_instructions", "force_in_session_auth", "bypass_in_session_auth", "ntc_templates_platform", "genie_platform", "muster",
    ]

    private static let musterKeys = [
        "extends", "pager", "failure_patterns", "echo", "pty", "type_ahead", "return", "login", "telnet_return",
        "description", "failure_excludes", "version_command", "detect", "tests",
        "questions", "abort", "encoding",
        "config", "save", "saved", "help_keys", "quote_key", "exec", "multiline",
    ]

    private static func syntaxProblem(_ error: any Error, _ file: String) -> PlatformProblem {
        if let error = error as? YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                let what =
                    problem.contains("nesting level") ? "lists and mappings in each other more than 1000 deep" : "not YAML: \(problem)"
                return PlatformProblem(file: file, line: mark.line, column: mark.column, key: "", what: what, expected: "")
            case .duplicatedKeysInMapping(let keys, let context):
                let names = keys.map { "\($0)" }.joined(separator: ", ")
                return PlatformProblem(
                    file: file, line: context.mark.line, column: context.mark.column, key: names, what: "there twice",
                    expected: "each key once")
            case .reader(let problem, _, _, _):
                return PlatformProblem(file: file, line: nil, key: "", what: "not YAML: \(problem)", expected: "text")
            default: break
            }
        }
        return PlatformProblem(file: file, line: nil, key: "", what: "not YAML: \(error)", expected: "")
    }

    private static func mode(_ node: Node, _ key: String, _ reader: DefinitionReader) throws(PlatformProblem) -> Mode {
        let map = try reader.map(node, key, known: ["name", "prompt_exact", "prompt_pattern", "prompt_excludes", "accessible_modes"])
        let name = try reader.requiredText(map["name"], node, "\(key).name")
        var pattern = try reader.pattern(map["prompt_pattern"], "\(key).prompt_pattern", .whole)
        if let exact = try reader.text(map["prompt_exact"], "\(key).prompt_exact") {
            pattern = try reader.compile(quoted(exact), map["prompt_exact"] ?? node, "\(key).prompt_exact", .whole)
        }
        let ways = try reader.list(map["accessible_modes"], "\(key).accessible_modes") { node, key throws(PlatformProblem) in
            let map = try reader.map(node, key, known: ["name", "instructions"])
            let steps = try instructions(map["instructions"], "\(key).instructions", reader, modes: nil)
            if steps.contains(where: { if case .enterMode = $0 { true } else { false } }) {
                let problem = reader.problem(map["instructions"], "\(key).instructions", "enter_mode has no effect here", "what is typed")
                reader.warn(problem, .noEffect)
            }
            return Mode.Way(target: try reader.requiredText(map["name"], node, "\(key).name"), instructions: steps)
        }
        let excludes = try reader.texts(map["prompt_excludes"], "\(key).prompt_excludes")
        return Mode(name: name, prompt: PromptRule(pattern: pattern, excludes: excludes), ways: ways)
    }

    /// `text` as an expression that matches it to the letter.
    private static func quoted(_ text: String) -> String {
        "^\\Q" + text.replacing("\\E", with: "\\E\\\\E\\Q") + "\\E"
    }

    /// Warns of secrets that would have to be typed before they are asked for: nothing is waited for at the end of a session.
    private static func closing(_ instructions: [Instruction], _ node: Node?, _ reader: DefinitionReader) -> [Instruction] {
        let nodes = node?.sequence.map { Array($0) } ?? []
        for (index, instruction) in instructions.enumerated() {
            guard case .sendPrompted(_, _, .secret) = instruction else { continue }
            let key = "on_close_instructions[\(index)].send_prompted_input.response"
            reader.warn(
                reader.problem(
                    nodes.count == instructions.count ? nodes[index] : node, key, "a secret is not typed at the end of a session",
                    "an answer that is no secret"), .noEffect)
        }
        return instructions
    }

    static func instructions(
        _ node: Node?, _ key: String, _ reader: DefinitionReader, modes: [String]?
    ) throws(PlatformProblem) -> [Instruction] {
        try reader.list(node, key) { node, key throws(PlatformProblem) in
            guard let map = node.mapping, map.count == 1, let (name, body) = map.first.map({ ($0.key.string ?? "", $0.value) }) else {
                throw reader.problem(
                    node, key, "not one instruction", "one of \(instructionKeys.joined(separator: ", ")), and a ':' after it")
            }
            try reader.require(name, in: instructionKeys, node, key)
            let path = "\(key).\(name)"
            switch name {
            case "enter_mode":
                let map = try reader.map(body, path, known: ["requested_mode"])
                let mode = try reader.requiredText(map["requested_mode"], body, "\(path).requested_mode")
                if let modes, !modes.isEmpty, let node = map["requested_mode"],
                    let problem = reader.missing(mode, in: modes, node, "\(path).requested_mode")
                {
                    reader.warn(problem, .undefinedMode)
                }
                return .enterMode(mode)
            case "send_prompted_input": return try prompted(body, path, reader)
            default:
                let map = try reader.map(body, path, known: ["input"])
                let input = try reader.requiredText(map["input"], body, "\(path).input")
                return name == "write" ? .write(unescaped(input)) : .send(input)
            }
        }
    }

    private static let instructionKeys = ["send_input", "send_prompted_input", "write", "enter_mode"]

    private static func prompted(_ node: Node, _ key: String, _ reader: DefinitionReader) throws(PlatformProblem) -> Instruction {
        let map = try reader.map(node, key, known: ["input", "prompt_exact", "prompt_pattern", "response"])
        let input = try reader.requiredText(map["input"], node, "\(key).input")
        let question: Instruction.Question
        if let pattern = try reader.pattern(map["prompt_pattern"], "\(key).prompt_pattern", .anywhere) {
            question = .pattern(pattern)
        } else {
            let text = try reader.requiredText(map["prompt_exact"], node, "\(key).prompt_exact (or prompt_pattern)")
            question = try misplacedPattern(text, map["prompt_exact"] ?? node, "\(key).prompt_exact", reader) ?? .exact(text)
        }
        let text = try reader.requiredText(map["response"], node, "\(key).response")
        let mark = "__lookup::"
        let response: Instruction.Response = text.hasPrefix(mark) ? .secret(String(text.dropFirst(mark.count))) : .literal(text)
        return .sendPrompted(input, question: question, response: response)
    }

    /// An expression that stands where a text to the letter belongs, as in several published definitions.
    ///
    /// No device asks in such signs, so it is taken for what it was meant to be.
    private static func misplacedPattern(
        _ text: String, _ node: Node, _ key: String, _ reader: DefinitionReader
    ) throws(PlatformProblem) -> Instruction.Question? {
        guard text.hasSuffix("$"), text.hasPrefix("^") || text.contains("\\s"), let pattern = try? Pattern(text) else { return nil }
        reader.warn(
            reader.problem(node, key, "'\(text)' looks like a regular expression, and is taken for one", "prompt_pattern"), .notExact)
        return .pattern(pattern)
    }

    /// `\x04` in a definition's single quotes stands for the byte, `\n` for the return key.
    static func unescaped(_ text: String) -> String {
        var result = ""
        let text = text.replacing("\\n", with: "\n")
        var rest = text[...]
        while let mark = rest.firstRange(of: "\\x") {
            let digits = rest[mark.upperBound...].prefix(2)
            guard digits.count == 2, let value = UInt8(digits, radix: 16), value < 0x80 else {
                result += rest[..<mark.upperBound]
                rest = rest[mark.upperBound...]
                continue
            }
            result += rest[..<mark.lowerBound]
            result.unicodeScalars.append(Unicode.Scalar(value))
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }

    private static func pagers(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> [Pager]? {
        guard let node else { return nil }
        return try reader.list(node, "muster.pager") { node, key throws(PlatformProblem) in
            let map = try reader.map(node, key, known: ["pattern", "answer"])
            let pattern = try reader.requiredPattern(map["pattern"] ?? node, "\(key).pattern", .anywhere)
            return Pager(pattern: pattern, answer: try reader.text(map["answer"], "\(key).answer").map { Array($0.utf8) } ?? [0x20])
        }
    }

    private static func echo(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> Echo {
        guard let node, let name = try reader.text(node, "muster.echo") else { return .exact }
        try reader.require(name, in: Echo.allCases.map(\.rawValue), node, "muster.echo")
        return Echo(rawValue: name) ?? .exact
    }

    private static func pty(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> PTYWishes {
        var wishes = PTYWishes()
        guard let node else { return wishes }
        let map = try reader.map(node, "muster.pty", known: ["columns", "rows", "term"])
        if let columns = try reader.number(map["columns"], "muster.pty.columns", 20...32_767) { wishes.columns = columns }
        if let rows = try reader.number(map["rows"], "muster.pty.rows", 1...32_767) { wishes.rows = rows }
        if let term = try reader.text(map["term"], "muster.pty.term") { wishes.term = term }
        return wishes
    }
}
