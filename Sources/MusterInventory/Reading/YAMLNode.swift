import Yams

/// A node of a YAML file, with its place.
///
/// Yams's own nodes carry weak references and shared tags, which makes each copy of one dear; a tree of these is read three times as fast.
struct YAMLNode {
    enum Content {
        case scalar(String)
        case mapping([Pair])
        case sequence([YAMLNode])
    }

    struct Pair {
        let key: YAMLNode
        let value: YAMLNode
    }

    let content: Content
    /// Whether it is a scalar without quotes, not in block form either.
    let isPlain: Bool
    /// The explicit tag; empty for none, and for that of a quoted scalar, which is a string anyway.
    let tag: String
    let line: Int
    let column: Int

    /// Whether it is null in YAML 1.2's core schema.
    var isNull: Bool {
        guard isPlain, case .scalar(let text) = content else { return false }
        switch text {
        case "": return tag != YAMLNode.coreTag + "str"
        case "~", "null", "Null", "NULL": return tag.isEmpty || tag == YAMLNode.coreTag + "null"
        default: return false
        }
    }

    var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// What it is, for messages.
    ///
    /// Never its text, which may be a secret.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .mapping: "a mapping"
        case .sequence: "a list"
        }
    }

    /// What the tags of the core schema, such as `!!str`, begin with.
    static let coreTag = "tag:yaml.org,2002:"
}

/// Copies the tree that Yams made.
struct YAMLNodeCopy {
    /// What to put back in the texts.
    let keys: RepeatedKeys
    /// What is left of the nodes that the file may stand for.
    ///
    /// Without aliases a file has fewer nodes than bytes; with them, a small file can stand for a tree of any size.
    private(set) var nodesLeft: Int

    init(keys: RepeatedKeys, limit: Int) {
        self.keys = keys
        nodesLeft = limit
    }

    /// The copy of a node.
    ///
    /// When the limit is reached, `nodesLeft` is negative and the copy is incomplete.
    mutating func copy(_ node: Node) -> YAMLNode {
        nodesLeft -= 1
        switch node {
        case .scalar(let scalar):
            let tag = scalar.style == .plain || scalar.tag.rawValue.hasPrefix("!") ? scalar.tag.rawValue : ""
            return YAMLNode(
                content: .scalar(keys.isEmpty ? scalar.string : keys.restored(scalar.string)), isPlain: scalar.style == .plain, tag: tag,
                line: scalar.mark?.line ?? 1,
                column: scalar.mark?.column ?? 1)
        case .mapping(let mapping):
            var pairs: [YAMLNode.Pair] = []
            pairs.reserveCapacity(mapping.count)
            for index in mapping.indices where nodesLeft >= 0 {
                let (key, value) = mapping[index]
                pairs.append(.init(key: copy(key), value: copy(value)))
            }
            return YAMLNode(
                content: .mapping(pairs), isPlain: false, tag: mapping.tag.rawValue, line: mapping.mark?.line ?? 1,
                column: mapping.mark?.column ?? 1)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            items.reserveCapacity(sequence.count)
            for index in sequence.indices where nodesLeft >= 0 { items.append(copy(sequence[index])) }
            return YAMLNode(
                content: .sequence(items), isPlain: false, tag: sequence.tag.rawValue, line: sequence.mark?.line ?? 1,
                column: sequence.mark?.column ?? 1)
        case .alias(let alias):
            // The parser puts the node itself in the place of an alias.
            return YAMLNode(
                content: .scalar(""), isPlain: true, tag: "", line: alias.mark?.line ?? 1, column: alias.mark?.column ?? 1)
        }
    }
}
