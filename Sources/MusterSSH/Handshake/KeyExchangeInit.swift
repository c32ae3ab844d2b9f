/// The algorithm lists of one side's KEXINIT, read off the wire (RFC 4253, 7.1).
struct KeyExchangeInit: Equatable {
    /// The lists that matter, in the packet's order.
    enum Category: Int, CaseIterable {
        case keyExchange, hostKey, cipherOut, cipherIn, macOut, macIn

        var title: String {
            switch self {
            case .keyExchange: "key exchange"
            case .hostKey: "host key algorithm"
            case .cipherOut, .cipherIn: "cipher"
            case .macOut, .macIn: "MAC"
            }
        }
    }

    private(set) var lists: [Category: [String]] = [:]

    /// Reads the first packet after the version line of what one side sent; `nil` when it is not a whole KEXINIT.
    init?(transcript: [UInt8]) {
        guard let versionEnd = Self.endOfVersionLine(in: transcript) else { return nil }
        var reader = PacketReader(bytes: transcript[versionEnd...])
        guard let length = reader.integer(), let padding = reader.byte(), let type = reader.byte(), type == 20 else { return nil }
        guard length > 1 + 1 + 16 + Int(padding) else { return nil }
        read(&reader)
        guard lists.count == Category.allCases.count else { return nil }
    }

    /// Reads a packet's payload.
    init?(payload: ArraySlice<UInt8>) {
        var reader = PacketReader(bytes: payload)
        guard reader.byte() == 20 else { return nil }
        read(&reader)
        guard lists.count == Category.allCases.count else { return nil }
    }

    /// Reads what stands behind the type, as far as it goes.
    private mutating func read(_ reader: inout PacketReader) {
        guard reader.skip(16) else { return }
        for category in Category.allCases {
            guard let names = reader.nameList() else { return }
            lists[category] = names
        }
    }

    /// Behind the line that begins with `SSH-`; lines before it are passed over.
    private static func endOfVersionLine(in bytes: [UInt8]) -> Int? {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if bytes[start...].starts(with: "SSH-".utf8) { return end + 1 }
            start = end + 1
        }
        return nil
    }
}

/// Reads SSH's data types (RFC 4251, 5) from the front of bytes.
struct PacketReader {
    private var bytes: ArraySlice<UInt8>

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    mutating func byte() -> UInt8? { bytes.popFirst() }

    mutating func integer() -> Int? {
        guard bytes.count >= 4 else { return nil }
        let value = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(4)
        return value
    }

    mutating func skip(_ count: Int) -> Bool {
        guard bytes.count >= count else { return false }
        bytes = bytes.dropFirst(count)
        return true
    }

    mutating func string() -> ArraySlice<UInt8>? {
        guard let length = integer(), length <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }

    mutating func text() -> String? {
        string().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func nameList() -> [String]? {
        text()?.split(separator: ",").map(String.init)
    }
}
