extension InventoryReader {
    static let jinjaHint = "Jinja templates are not rendered here; write the value, or a reference such as {env: NAME}"

    /// Reports a tag that has no meaning here, such as `!vault`.
    mutating func checkTag(_ node: YAMLNode, _ field: String?, in owner: InventoryOwner) -> Bool {
        let tag = node.tag
        if tag.isEmpty || tag == "!" { return true }
        let core = YAMLNode.coreTag
        if tag.hasPrefix(core), ["str", "int", "float", "bool", "null", "map", "seq"].contains(tag.dropFirst(core.count)) { return true }
        let place = field.map { "'\($0)' in \(owner)" } ?? "\(owner)"
        if tag == "!vault" || tag == "!vault-encrypted" {
            report(
                position(of: node), "\(place): found an Ansible Vault value (\(tag)), which Muster can't decrypt",
                hint: "use a reference: {env: NAME}, {file: PATH}, {command: [pass, show, x]} or {prompt: \"…\"}")
        } else {
            report(position(of: node), "\(place): found the tag \(tag.quotedForMessage), expected a value without a tag")
        }
        return false
    }

    /// Reports that a field holds the wrong kind of value.
    mutating func reportKind(_ node: YAMLNode, _ field: String, in owner: InventoryOwner, expected: String, hint: String? = nil) {
        // YAML reads an unquoted `{{ x }}` as a mapping whose key is a mapping.
        let jinja = if case .mapping(let pairs) = node.content { pairs.contains { $0.key.isMapping } } else { false }
        report(
            position(of: node), "'\(field)' in \(owner): found \(jinja ? "a template" : node.kind), expected \(expected)",
            hint: jinja ? Self.jinjaHint : hint)
    }

    /// The text of a scalar; nil for null, and for what is no text, which is reported.
    mutating func text(
        _ node: YAMLNode, _ field: String, in owner: InventoryOwner, expected: String = "text", templates: Bool = false
    ) -> Located<String>? {
        guard checkTag(node, field, in: owner), !node.isNull else { return nil }
        guard case .scalar(let text) = node.content else {
            reportKind(node, field, in: owner, expected: expected)
            return nil
        }
        if !templates, looksLikeTemplate(text) {
            report(position(of: node), "'\(field)' in \(owner): found a template, expected \(expected)", hint: Self.jinjaHint)
            return nil
        }
        return Located(value: text, position: position(of: node))
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
    mutating func list(_ node: YAMLNode, _ field: String, in owner: InventoryOwner, expected: String) -> Located<[Located<String>]>? {
        guard checkTag(node, field, in: owner), !node.isNull else { return nil }
        switch node.content {
        case .sequence(let sequence):
            var items: [Located<String>] = []
            for item in sequence {
                if item.isNull {
                    reportKind(item, field, in: owner, expected: expected)
                } else if let item = text(item, field, in: owner, expected: expected) {
                    items.append(item)
                }
            }
            return Located(value: items, position: position(of: node))
        case .scalar:
            return text(node, field, in: owner, expected: expected).map { Located(value: [$0], position: $0.position) }
        case .mapping:
            reportKind(node, field, in: owner, expected: expected)
            return nil
        }
    }

    /// A value under `data`; `field` is made only for a message.
    mutating func value(_ node: YAMLNode, _ field: @autoclosure () -> String, in owner: InventoryOwner) -> InventoryValue {
        if !node.tag.isEmpty, !checkTag(node, field(), in: owner) { return .null }
        switch node.content {
        case .scalar(let text):
            if node.tag.isEmpty ? node.isPlain : ["int", "float", "bool", "null"].contains(node.tag.dropFirst(YAMLNode.coreTag.count)) {
                return YAMLScalar.value(text)
            }
            return .string(text)
        case .sequence(let sequence):
            return .array(sequence.map { value($0, field(), in: owner) })
        case .mapping:
            var object: [String: InventoryValue] = [:]
            for entry in entries(of: node, in: "'\(field())' in \(owner)") { object[entry.key] = value(entry.value, field(), in: owner) }
            return .object(object)
        }
    }
}

/// What an unquoted scalar means: YAML 1.2's core schema, but for numbers that are not written in the usual way.
///
/// Those stay text, since they may be none: `1.10` and `17.10` are versions, `007` is a serial number, `65000.10` an AS number, and `0x1f` is for
/// a device to read. What is sent to one is then what was written.
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
        guard let number = number(text), number.text == text else { return .string(text) }
        return number
    }

    private static func number(_ text: String) -> InventoryValue? {
        if let number = Int(text) { return .integer(number) }
        guard text.utf8.allSatisfy({ isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else { return nil }
        return Double(text).map(InventoryValue.double)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
