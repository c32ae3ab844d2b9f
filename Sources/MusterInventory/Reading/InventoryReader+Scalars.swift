import Yams

extension InventoryReader {
    static let jinjaHint = "Jinja templates are not rendered here; write the value, or a reference such as {env: NAME}"

    /// What a node is, for messages.
    ///
    /// Never its text, which may be a secret.
    func kind(of node: Node) -> String {
        switch node {
        case .scalar: isNull(node) ? "nothing" : "text"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Whether the node is null in YAML 1.2's core schema.
    func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        guard scalar.style == .plain else { return false }
        switch scalar.string {
        case "": return scalar.tag.rawValue != "tag:yaml.org,2002:str"
        case "~", "null", "Null", "NULL": return scalar.tag.rawValue.isEmpty || scalar.tag.rawValue == "tag:yaml.org,2002:null"
        default: return false
        }
    }

    /// Whether the node looks like an unquoted `{{ … }}`, which YAML reads as a mapping whose key is a mapping.
    func isJinja(_ node: Node) -> Bool {
        guard case .mapping(let mapping) = node else { return false }
        return mapping.style == .flow && mapping.count == 1
    }

    /// Reports a tag that has no meaning here, such as `!vault`.
    mutating func checkTag(_ node: Node, _ field: String, in owner: InventoryOwner) -> Bool {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag.rawValue
            case .mapping(let mapping): mapping.tag.rawValue
            case .sequence(let sequence): sequence.tag.rawValue
            case .alias: ""
            }
        if tag.isEmpty || tag == "!" { return true }
        let core = "tag:yaml.org,2002:"
        if tag.hasPrefix(core), ["str", "int", "float", "bool", "null", "map", "seq"].contains(tag.dropFirst(core.count)) { return true }
        if tag == "!vault" || tag == "!vault-encrypted" {
            report(
                position(of: node), "'\(field)' in \(owner): found an Ansible Vault value (\(tag)), which Muster can't decrypt",
                hint: "use a reference: {env: NAME}, {file: PATH}, {command: [pass, show, x]} or {prompt: \"…\"}")
        } else {
            report(position(of: node), "'\(field)' in \(owner): found the tag \(tag.quotedForMessage), expected a value without a tag")
        }
        return false
    }

    /// Reports that a field holds the wrong kind of value.
    mutating func reportKind(_ node: Node, _ field: String, in owner: InventoryOwner, expected: String, hint: String? = nil) {
        let jinja = if case .mapping(let mapping) = node { mapping.contains { isMapping($0.key) } } else { false }
        report(
            position(of: node), "'\(field)' in \(owner): found \(jinja ? "a template" : kind(of: node)), expected \(expected)",
            hint: jinja ? Self.jinjaHint : hint)
    }

    private func isMapping(_ node: Node) -> Bool {
        if case .mapping = node { true } else { false }
    }

    /// The text of a scalar; nil for null, and for what is no text, which is reported.
    mutating func text(
        _ node: Node, _ field: String, in owner: InventoryOwner, expected: String = "text", templates: Bool = false
    ) -> Located<String>? {
        guard checkTag(node, field, in: owner), !isNull(node) else { return nil }
        guard case .scalar(let scalar) = node else {
            reportKind(node, field, in: owner, expected: expected)
            return nil
        }
        if !templates, looksLikeTemplate(scalar.string) {
            report(position(of: node), "'\(field)' in \(owner): found a template, expected \(expected)", hint: Self.jinjaHint)
            return nil
        }
        return Located(value: scalar.string, position: position(of: node))
    }

    /// Whether the text has `{{ … }}` or `{% … %}` in it.
    private func looksLikeTemplate(_ text: String) -> Bool {
        // Nearly every text is done with here.
        guard text.utf8.contains(UInt8(ascii: "{")) else { return false }
        let bytes = Array(text.utf8)
        for (open, close) in [("{{", "}}"), ("{%", "%}")] {
            if let start = bytes.firstRange(of: Array(open.utf8)), bytes[start.upperBound...].firstRange(of: Array(close.utf8)) != nil {
                return true
            }
        }
        return false
    }

    /// A text or a list of texts; nil for null.
    mutating func list(_ node: Node, _ field: String, in owner: InventoryOwner, expected: String) -> Located<[Located<String>]>? {
        guard checkTag(node, field, in: owner), !isNull(node) else { return nil }
        switch node {
        case .sequence(let sequence):
            var items: [Located<String>] = []
            for item in sequence {
                if isNull(item) {
                    reportKind(item, field, in: owner, expected: expected)
                } else if let item = text(item, field, in: owner, expected: expected) {
                    items.append(item)
                }
            }
            return Located(value: items, position: position(of: node))
        case .scalar:
            return text(node, field, in: owner, expected: expected).map { Located(value: [$0], position: $0.position) }
        case .mapping, .alias:
            reportKind(node, field, in: owner, expected: expected)
            return nil
        }
    }

    /// A value under `data`.
    mutating func value(_ node: Node, _ field: String, in owner: InventoryOwner) -> InventoryValue {
        guard checkTag(node, field, in: owner) else { return .null }
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain && scalar.tag.rawValue.isEmpty ? YAMLScalar.value(scalar.string) : typed(scalar)
        case .sequence(let sequence):
            guard spend(sequence.count, at: node) else { return .null }
            return .array(sequence.map { value($0, field, in: owner) })
        case .mapping:
            var object: [String: InventoryValue] = [:]
            for entry in entries(of: node, in: "'\(field)' in \(owner)") { object[entry.key] = value(entry.value, field, in: owner) }
            return .object(object)
        case .alias:
            return .null
        }
    }

    /// A scalar that is quoted or carries a tag.
    private func typed(_ scalar: Node.Scalar) -> InventoryValue {
        switch scalar.tag.rawValue {
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            YAMLScalar.value(scalar.string)
        default: .string(scalar.string)
        }
    }
}

/// What an unquoted scalar means in YAML 1.2's core schema.
enum YAMLScalar {
    static func value(_ text: String) -> InventoryValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.utf8.first, isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == 0x2E
        else { return .string(text) }
        if text.hasPrefix("0x"), let number = Int(text.dropFirst(2), radix: 16) { return .integer(number) }
        if text.hasPrefix("0o"), let number = Int(text.dropFirst(2), radix: 8) { return .integer(number) }
        // A leading zero says "serial number", "postal code" or "file mode", not "number".
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if digits.count > 1, digits.first == UInt8(ascii: "0"), isDigit(digits.dropFirst().first ?? 0) { return .string(text) }
        if let number = Int(text) { return .integer(number) }
        guard text.utf8.allSatisfy({ isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }), let number = Double(text)
        else { return .string(text) }
        return .double(number)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
