import MusterConsole
import MusterRendering

/// A platform for people and for programs.
struct PlatformAccount {
    let platform: Platform
    /// Where it is defined.
    let file: String

    // MARK: For people

    var text: String {
        var text = platform.name + (platform.summary.map { ": \($0)" } ?? "") + "\n"
        var table: [(String, String)] = []
        let aliases = Platform.aliases.filter { $0.value == platform.name }.keys.sorted()
        if !aliases.isEmpty { table.append(("other names", aliases.joined(separator: ", "))) }
        table.append(("defined in", file))
        table.append(("prompt", shown(platform.prompt)))
        table.append(("default mode", platform.defaultMode))
        table.append(("echo", platform.echo.rawValue))
        table.append(("terminal", "\(platform.pty.term), \(platform.pty.columns) columns, \(platform.pty.rows) rows"))
        table.append(("type-ahead", platform.typeAhead ? "yes" : "no"))
        if let command = platform.versionCommand { table.append(("version", command)) }
        if let name = platform.ntcTemplatesPlatform { table.append(("ntc-templates", name)) }
        if let name = platform.geniePlatform { table.append(("genie", name)) }
        let width = table.map(\.0.count).max() ?? 0
        for (name, value) in table { text += "  \(name.padding(to: width))  \(value.oneLine)\n" }
        text += section("modes", platform.modes.flatMap(lines(of:)))
        text += section("done on open", platform.onOpen.map(shown))
        text += section("done on close", platform.onClose.map(shown))
        text += section("pagers", platform.pagers.map { "/\($0.pattern.source)/ is answered '\(escaped($0.answer))'" })
        text += section(
            "a command is rejected by",
            platform.failureIndicators.map { "'\($0)'" } + platform.failurePatterns.map { "/\($0.source)/" }
                + platform.failureExcludes.map { "but not by /\($0.source)/" })
        text += section(
            "reads a text after",
            (platform.multiline ?? []).map { "/\($0.begin.source)/ up to \($0.end.map { "a line '\($0)'" } ?? "the sign behind it")" })
        let detection = platform.detection
        text += section(
            "detected by",
            detection.sshBanner.map { "the SSH version line: /\($0.source)/" }
                + detection.loginBanner.map { "the login banner: /\($0.source)/" }
                + detection.probes.map { "the answer to '\($0.input)': /\($0.pattern.source)/" })
        return text + section("tests", platform.tests.isEmpty ? ["none"] : ["\(platform.tests.count)"])
    }

    private func section(_ title: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "  \(title)\n" + lines.map { "    \($0.oneLine)\n" }.joined()
    }

    private func lines(of mode: Mode) -> [String] {
        ["\(mode.name)  \(shown(mode.prompt))"]
            + mode.ways.map { "  to \($0.target): \($0.instructions.map(shown).joined(separator: "; "))" }
    }

    private func shown(_ rule: PromptRule) -> String {
        guard let pattern = rule.pattern else { return "any line that comes again after a return" }
        return "/\(pattern.source)/" + (rule.excludes.isEmpty ? "" : " without \(rule.excludes.map { "'\($0)'" }.joined(separator: ", "))")
    }

    private func shown(_ instruction: Instruction) -> String {
        switch instruction {
        case .send(let input): return "'\(escaped(input.utf8))'"
        case .write(let input): return "'\(escaped(input.utf8))', without waiting"
        case .enterMode(let name): return "go to \(name)"
        case .sendPrompted(let input, let question, let response):
            let answer =
                switch response {
                case .literal(let text): "'\(escaped(text.utf8))'"
                case .secret(let name): "the secret '\(name)'"
                }
            return "'\(escaped(input.utf8))', and \(answer) when asked \(question.shown)"
        }
    }

    // MARK: For programs

    var json: String {
        var json = JSONWriter(indented: true)
        json.object { json in
            json.member("name", platform.name)
            json.member("description", platform.summary)
            json.key("aliases")
            json.array(Platform.aliases.filter { $0.value == platform.name }.keys.sorted()) { $0.string($1) }
            json.member("file", file)
            write(platform.prompt, to: &json)
            json.member("default_mode", platform.defaultMode)
            json.key("modes")
            json.array(platform.modes) { json, mode in
                json.object { json in
                    json.member("name", mode.name)
                    write(mode.prompt, to: &json)
                    json.key("accessible_modes")
                    json.array(mode.ways) { json, way in
                        json.object { json in
                            json.member("name", way.target)
                            write(way.instructions, "instructions", to: &json)
                        }
                    }
                }
            }
            write(platform.failureIndicators, "failure_indicators", to: &json)
            write(platform.onOpen, "on_open_instructions", to: &json)
            write(platform.onClose, "on_close_instructions", to: &json)
            json.member("force_in_session_auth", platform.forceInSessionAuth)
            json.member("bypass_in_session_auth", platform.bypassInSessionAuth)
            json.member("ntc_templates_platform", platform.ntcTemplatesPlatform)
            json.member("genie_platform", platform.geniePlatform)
            json.key("muster")
            json.object { writeOwn(to: &$0) }
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    private func writeOwn(to json: inout JSONWriter) {
        json.key("pager")
        json.array(platform.pagers) { json, pager in
            json.object { json in
                json.member("pattern", pager.pattern.source)
                json.member("answer", String(decoding: pager.answer, as: UTF8.self))
            }
        }
        write(platform.failurePatterns.map(\.source), "failure_patterns", to: &json)
        write(platform.failureExcludes.map(\.source), "failure_excludes", to: &json)
        json.member("echo", platform.echo.rawValue)
        json.member("type_ahead", platform.typeAhead)
        json.member("return", String(decoding: platform.returnKey, as: UTF8.self))
        json.member("version_command", platform.versionCommand)
        json.key("pty")
        json.object { json in
            json.member("columns", platform.pty.columns)
            json.member("rows", platform.pty.rows)
            json.member("term", platform.pty.term)
        }
        json.key("multiline")
        json.array(platform.multiline ?? []) { json, rule in
            json.object { json in
                json.member("begin", rule.begin.source)
                json.member("end", rule.end)
                json.member("ready", rule.ready?.source)
            }
        }
        json.key("detect")
        json.object { json in
            write(platform.detection.sshBanner.map(\.source), "ssh_banner", to: &json)
            write(platform.detection.loginBanner.map(\.source), "login_banner", to: &json)
            json.key("probes")
            json.array(platform.detection.probes) { json, probe in
                json.object { json in
                    json.member("input", probe.input)
                    json.member("pattern", probe.pattern.source)
                }
            }
        }
        json.key("tests")
        json.object { json in
            for kind in DefinitionTests.Kind.allCases { json.member(kind.rawValue, platform.tests.cases[kind]?.count ?? 0) }
        }
    }

    private func write(_ texts: [String], _ key: String, to json: inout JSONWriter) {
        json.key(key)
        json.array(texts) { $0.string($1) }
    }

    private func write(_ rule: PromptRule, to json: inout JSONWriter) {
        json.member("prompt_pattern", rule.pattern?.source)
        write(rule.excludes, "prompt_excludes", to: &json)
    }

    private func write(_ instructions: [Instruction], _ key: String, to json: inout JSONWriter) {
        json.key(key)
        json.array(instructions) { json, instruction in
            json.object { json in
                json.key(instruction.name)
                json.object { instruction.writeMembers(to: &$0) }
            }
        }
    }
}

extension Instruction {
    /// As a definition calls it.
    fileprivate var name: String {
        switch self {
        case .send: "send_input"
        case .sendPrompted: "send_prompted_input"
        case .write: "write"
        case .enterMode: "enter_mode"
        }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .send(let input), .write(let input): json.member("input", input)
        case .enterMode(let mode): json.member("requested_mode", mode)
        case .sendPrompted(let input, let question, let response):
            json.member("input", input)
            switch question {
            case .exact(let text): json.member("prompt_exact", text)
            case .pattern(let pattern): json.member("prompt_pattern", pattern.source)
            }
            switch response {
            case .literal(let text): json.member("response", text)
            case .secret(let name): json.member("response", "__lookup::\(name)")
            }
        }
    }
}

extension Instruction.Question {
    fileprivate var shown: String {
        switch self {
        case .exact(let text): "'\(text)'"
        case .pattern(let pattern): "/\(pattern.source)/"
        }
    }
}

extension String {
    /// With blanks at the end up to a width.
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
