import MusterInventory
import MusterRendering

/// A host with every value that a run would use.
struct ResolvedHost {
    var name: String
    var address: String
    var port: Int
    var user: String
    var platform: String

    init(_ host: InventoryHost, localUser: String?) {
        name = host.name
        address = host.address
        port = host.port ?? (host.transport == .telnet ? 23 : 22)
        user = host.user ?? localUser ?? ""
        platform = host.platform ?? "generic"
    }

    /// Writes the members that every listing of hosts has.
    func writeMembers(to json: inout JSONWriter) {
        json.member("host", name)
        json.member("address", address)
        json.member("port", port)
        json.member("user", user)
        json.member("platform", platform)
    }
}

/// A list of objects as one array, or as lines.
struct JSONList {
    var lines: Bool

    /// The text, its last line ended.
    func text<Element>(of elements: [Element], _ members: (inout JSONWriter, Element) -> Void) -> String {
        guard lines else {
            var json = JSONWriter(indented: true)
            json.array(elements) { json, element in json.object { members(&$0, element) } }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }
        return elements.map { element in
            var json = JSONWriter(indented: false)
            json.object { members(&$0, element) }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}

extension InventoryValue {
    /// Writes the value as JSON; the keys of a mapping sorted, for their order is not kept.
    func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let truth): json.bool(truth)
        case .integer(let number): json.number(number)
        case .double(let number): json.number(number)
        case .string(let text): json.string(text)
        case .array(let values): json.array(values) { $1.write(to: &$0) }
        case .object(let members): InventoryValue.write(members, to: &json)
        }
    }

    /// Writes a mapping.
    static func write(_ members: [String: InventoryValue], to json: inout JSONWriter) {
        json.object { json in
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                json.key(key)
                value.write(to: &json)
            }
        }
    }
}
