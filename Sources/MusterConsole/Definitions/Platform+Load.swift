internal import Yams

extension Platform {
    /// Reads a definition.
    ///
    /// - Parameters:
    ///   - yaml: the text, in the scrapli definitions schema, with keys of our own under `muster:`.
    ///   - name: the platform's name.
    ///   - file: where the text is from, for problems.
    package static func load(yaml: String, name: String, file: String) throws(PlatformProblem) -> Platform {
        var root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw syntaxProblem(error, file)
        }
        guard let root else {
            throw PlatformProblem(file: file, line: nil, key: "", what: "nothing in it", expected: "a platform definition")
        }
        let reader = DefinitionReader(file: file)
        let map = try reader.map(root, "", known: topKeys)
        let muster = try map["muster"].map { node throws(PlatformProblem) in try reader.map(node, "muster", known: musterKeys) } ?? [:]
        let modes = try reader.list(map["modes"], "modes") { node, key throws(PlatformProblem) in try mode(node, key, reader) }
        guard !modes.isEmpty else { throw reader.problem(map["modes"] ?? root, "modes", "missing", "a list of at least one mode") }
        let defaultMode = try reader.text(map["default_mode"], "default_mode") ?? modes.first?.name ?? ""
        let names = modes.map(\.name)
        // With one mode there is nothing to tell apart.
        for (index, mode) in modes.enumerated() where modes.count > 1 && mode.prompt.pattern == nil {
            throw reader.problem(map["modes"]?.sequence?[index], "modes[\(index)]", "no prompt", "prompt_pattern or prompt_exact")
        }
        try reader.require(defaultMode, in: names, map["default_mode"] ?? root, "default_mode")
        for mode in modes {
            for way in mode.ways {
                try reader.require(way.target, in: names, map["modes"] ?? root, "modes: accessible_modes of \(mode.name)")
            }
        }
        let prompt = PromptRule(
            pattern: try reader.pattern(map["prompt_pattern"], "prompt_pattern", .whole),
            excludes: try reader.texts(map["prompt_excludes"], "prompt_excludes"))
        let echo = try reader.text(muster["echo"], "muster.echo") ?? Echo.exact.rawValue
        if let node = muster["echo"] { try reader.require(echo, in: Echo.allCases.map(\.rawValue), node, "muster.echo") }
        let failurePatterns = try reader.list(muster["failure_patterns"], "muster.failure_patterns") { node, key throws(PlatformProblem) in
            try reader.requiredPattern(node, key, .anywhere)
        }
        let pagers = try muster["pager"].map { node throws(PlatformProblem) in
            try reader.list(node, "muster.pager") { node, key throws(PlatformProblem) in try pager(node, key, reader) }
        }
        let returnKey = try reader.text(muster["return"], "muster.return")
        return Platform(
            name: name, prompt: prompt, defaultMode: defaultMode, modes: modes,
            failureIndicators: try reader.texts(map["failure_indicators"], "failure_indicators"), failurePatterns: failurePatterns,
            onOpen: try instructions(map["on_open_instructions"], "on_open_instructions", reader, modes: names),
            onClose: try instructions(map["on_close_instructions"], "on_close_instructions", reader, modes: names),
            forceInSessionAuth: try reader.flag(map["force_in_session_auth"], "force_in_session_auth") ?? false,
            bypassInSessionAuth: try reader.flag(map["bypass_in_session_auth"], "bypass_in_session_auth") ?? false,
            ntcTemplatesPlatform: try reader.text(map["ntc_templates_platform"], "ntc_templates_platform"),
            geniePlatform: try reader.text(map["genie_platform"], "genie_platform"),
            pagers: pagers, echo: Echo(rawValue: echo) ?? .exact, pty: try pty(muster["pty"], reader),
            typeAhead: try reader.flag(muster["type_ahead"], "muster.type_ahead") ?? false,
            returnKey: returnKey.map { Array($0.utf8) } ?? [10],
            login: try login(muster["login"], reader), telnetNewline: try telnetNewline(muster["telnet_return"], reader),
            allowsExec: try allowsExec(muster["exec"], reader))
    }

    private static let topKeys = [
        "prompt_pattern", "prompt_excludes", "default_mode", "modes", "failure_indicators", "on_open_instructions",
        "on_close_instructions", "force_in_session_auth", "bypass_in_session_auth", "ntc_templates_platform", "genie_platform", "muster",
    ]

    private static let musterKeys = ["pager", "failure_patterns", "echo", "pty", "type_ahead", "return", "login", "telnet_return", "exec"]

    private static func syntaxProblem(_ error: any Error, _ file: String) -> PlatformProblem {
        if let error = error as? YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                return PlatformProblem(file: file, line: mark.line, key: "", what: "not YAML: \(problem)", expected: "")
            case .duplicatedKeysInMapping(let keys, let mark):
                let names = keys.map { "\($0)" }.joined(separator: ", ")
                return PlatformProblem(file: file, line: mark.mark.line, key: names, what: "there twice", expected: "each key once")
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
            return Mode.Way(
                target: try reader.requiredText(map["name"], node, "\(key).name"),
                instructions: try instructions(map["instructions"], "\(key).instructions", reader, modes: nil))
        }
        let excludes = try reader.texts(map["prompt_excludes"], "\(key).prompt_excludes")
        return Mode(name: name, prompt: PromptRule(pattern: pattern, excludes: excludes), ways: ways)
    }

    /// `text` as an expression that matches it to the letter.
    private static func quoted(_ text: String) -> String {
        "^\\Q" + text.replacing("\\E", with: "\\E\\\\E\\Q") + "\\E"
    }

    private static func instructions(
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
                if let modes { try reader.require(mode, in: modes, body, "\(path).requested_mode") }
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
            question = .exact(try reader.requiredText(map["prompt_exact"], node, "\(key).prompt_exact (or prompt_pattern)"))
        }
        let text = try reader.requiredText(map["response"], node, "\(key).response")
        let mark = "__lookup::"
        let response: Instruction.Response = text.hasPrefix(mark) ? .secret(String(text.dropFirst(mark.count))) : .literal(text)
        return .sendPrompted(input, question: question, response: response)
    }

    /// `\x04` in a definition's single quotes stands for the byte.
    private static func unescaped(_ text: String) -> String {
        var result = ""
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

    private static func pager(_ node: Node, _ key: String, _ reader: DefinitionReader) throws(PlatformProblem) -> Pager {
        let map = try reader.map(node, key, known: ["pattern", "answer"])
        let pattern = try reader.requiredPattern(map["pattern"] ?? node, "\(key).pattern", .anywhere)
        return Pager(pattern: pattern, answer: try reader.text(map["answer"], "\(key).answer").map { Array($0.utf8) } ?? [0x20])
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
