import Foundation
import Yams

/// A device of any vendor as data: its modes with their prompts, and what its commands do.
///
/// The format is described in `Documentation/Lab.md`.
package struct LabScript: Sendable {
    /// What a command does.
    struct Command: Sendable {
        /// What it prints.
        var says = ""
        /// The question that it asks first.
        var asks: String?
        /// What is the right answer; nil takes any, and echoes it.
        var wants: Secret?
        /// What is printed when it is another.
        var wrong = ""
        /// The mode that it leads to.
        var to: String?
        /// Whether the session ends with it.
        var ends = false
    }

    /// The secrets that a device may ask for.
    enum Secret: String, CaseIterable, Sendable {
        case password, enable
    }

    /// A state of the command line.
    struct Mode: Sendable {
        var prompt: String
        var commands: [String: Command] = [:]
    }

    /// The questions of a login in the terminal.
    struct Dialogue: Sendable {
        var user: String?
        var password: String?
        /// What is printed when the password is wrong.
        var wrong: String
    }

    /// What it is, by the name that Muster has for it.
    package var platform: String
    /// What it prints before the first prompt.
    var greeting = ""
    var dialogue: Dialogue?
    /// The mode after the login.
    var login: String
    /// What it prints for a command that it does not know; `{line}` is the command.
    var unknown: String
    /// Commands that are known in every mode.
    var commands: [String: Command] = [:]
    var modes: [String: Mode]
}

extension LabScript {
    /// Reads a file's devices, in the order of their names.
    ///
    /// - Parameters:
    ///   - yaml: A mapping from the devices' names to what they are.
    ///   - path: What the file is called in errors.
    /// - Throws: `LabError.script`.
    package static func devices(yaml: String, path: String) throws(LabError) -> [(name: String, script: LabScript)] {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw .script(path: path, line: nil, reason: "no YAML: \(error)")
        }
        let reader = LabScriptReader(path: path)
        guard let node, let mapping = node.mapping, !mapping.isEmpty else {
            throw .script(path: path, line: nil, reason: "expected a mapping from names of devices to what they are")
        }
        var devices: [(name: String, script: LabScript)] = []
        for (key, value) in mapping {
            let name = try reader.text(key)
            devices.append((name, try reader.script(value, named: name)))
        }
        return devices.sorted { $0.name < $1.name }
    }
}

/// Takes the YAML of scripts apart; what is not as it should be is told with its line.
private struct LabScriptReader {
    let path: String

    func problem(_ node: Node, _ reason: String) -> LabError {
        .script(path: path, line: node.mark?.line, reason: reason)
    }

    func text(_ node: Node) throws(LabError) -> String {
        guard let text = node.scalar?.string else { throw problem(node, "expected text") }
        return text
    }

    private func members(_ node: Node, known: [String]?) throws(LabError) -> [(name: String, node: Node)] {
        guard let mapping = node.mapping else { throw problem(node, "expected a mapping") }
        var members: [(name: String, node: Node)] = []
        for (key, value) in mapping {
            let name = try text(key)
            if let known, !known.contains(name) {
                throw problem(key, "no such key '\(name)', expected one of \(known.joined(separator: ", "))")
            }
            members.append((name, value))
        }
        return members
    }

    func script(_ node: Node, named name: String) throws(LabError) -> LabScript {
        var script = LabScript(platform: name, login: "", unknown: "% Invalid input: {line}\n", modes: [:])
        let known = ["platform", "greeting", "dialogue", "login", "unknown", "commands", "modes"]
        for (key, value) in try members(node, known: known) {
            switch key {
            case "platform": script.platform = try text(value)
            case "greeting": script.greeting = try text(value)
            case "dialogue": script.dialogue = try dialogue(value)
            case "login": script.login = try text(value)
            case "unknown": script.unknown = try text(value)
            case "commands": script.commands = try commands(value)
            default: for (name, mode) in try members(value, known: nil) { script.modes[name] = try self.mode(mode) }
            }
        }
        if script.login.isEmpty, script.modes.count == 1 { script.login = script.modes.keys.first ?? "" }
        let targets = [script.login] + ([script.commands] + script.modes.values.map(\.commands)).flatMap { $0.values.compactMap(\.to) }
        for target in targets where script.modes[target] == nil {
            throw problem(
                node,
                "device '\(name)': there is no mode '\(target)', expected one of \(script.modes.keys.sorted().joined(separator: ", "))")
        }
        return script
    }

    private func dialogue(_ node: Node) throws(LabError) -> LabScript.Dialogue {
        var dialogue = LabScript.Dialogue(wrong: "Login incorrect\n")
        for (key, value) in try members(node, known: ["user", "password", "wrong"]) {
            switch key {
            case "user": dialogue.user = try text(value)
            case "password": dialogue.password = try text(value)
            default: dialogue.wrong = try text(value)
            }
        }
        return dialogue
    }

    private func mode(_ node: Node) throws(LabError) -> LabScript.Mode {
        var mode = LabScript.Mode(prompt: "")
        for (key, value) in try members(node, known: ["prompt", "commands"]) {
            if key == "prompt" { mode.prompt = try text(value) } else { mode.commands = try commands(value) }
        }
        guard !mode.prompt.isEmpty else { throw problem(node, "a mode without a prompt") }
        return mode
    }

    private func commands(_ node: Node) throws(LabError) -> [String: LabScript.Command] {
        var commands: [String: LabScript.Command] = [:]
        for (line, value) in try members(node, known: nil) { commands[line] = try command(value) }
        return commands
    }

    private func command(_ node: Node) throws(LabError) -> LabScript.Command {
        var command = LabScript.Command()
        for (key, value) in try members(node, known: ["says", "asks", "wants", "wrong", "to", "ends"]) {
            switch key {
            case "says": command.says = try text(value)
            case "asks": command.asks = try text(value)
            case "wants":
                guard let secret = LabScript.Secret(rawValue: try text(value)) else { throw problem(value, "expected password or enable") }
                command.wants = secret
            case "wrong": command.wrong = try text(value)
            case "to": command.to = try text(value)
            default:
                guard let ends = value.bool else { throw problem(value, "expected true or false") }
                command.ends = ends
            }
        }
        return command
    }
}
