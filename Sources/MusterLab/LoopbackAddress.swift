/// Addresses in 127.0.0.0/8, as text and as numbers in host order.
enum LoopbackAddress {
    /// Reads `127.1.2.3`; nil for anything else than four numbers that start with 127.
    static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return isLoopback(value) ? value : nil
    }

    static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    static func isLoopback(_ address: UInt32) -> Bool { address >> 24 == 127 }
}
