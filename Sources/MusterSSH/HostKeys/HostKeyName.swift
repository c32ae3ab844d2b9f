/// The name under which a host stands in known hosts files.
package struct HostKeyName: Sendable, Hashable {
    /// What is looked up first, and written: the name, `[name]:port` for a port other than 22, or the alias.
    package let text: String
    /// The name without its port: ssh takes a key that is known for it as well.
    let withoutPort: String?

    /// Makes the name of a host.
    ///
    /// - Parameters:
    ///   - host: A name or an address, as it is connected to.
    ///   - port: The TCP port.
    ///   - alias: What stands in the files instead of both, as `HostKeyAlias` of ssh_config(5) says.
    package init(host: String, port: Int, alias: String? = nil) {
        if let alias {
            text = alias.lowercased()
            withoutPort = nil
            return
        }
        let host = host.lowercased()
        text = port == 22 ? host : "[\(host)]:\(port)"
        withoutPort = port == 22 ? nil : host
    }

    /// Whether a line with this name would be read as one with this name.
    var isWritable: Bool {
        let bytes = text.utf8
        guard let first = bytes.first, !"|@#!".utf8.contains(first) else { return false }
        return !bytes.contains { $0 <= 0x20 || $0 == 0x7F || ",*?".utf8.contains($0) }
    }

    /// All names to look up.
    var all: [String] { [text] + (withoutPort.map { [$0] } ?? []) }
}

extension HostKeyName: CustomStringConvertible {
    package var description: String { text }
}
