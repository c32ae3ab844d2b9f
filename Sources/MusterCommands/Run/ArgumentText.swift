import ArgumentParser
import MusterInventory
import MusterRendering

extension ResultForm: ExpressibleByArgument {}
extension ColourChoice: ExpressibleByArgument {}

/// Texts of the command line into values; what is no such value is wrong usage, explained.
enum ArgumentText {
    /// Reads a duration such as `500ms`, `30`, `2m`.
    @Sendable static func duration(_ text: String) throws -> Duration {
        do {
            return try DurationText.parse(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Reads a node set such as `leaf[01-48],@spines`.
    @Sendable static func nodeSet(_ text: String) throws -> NodeSet {
        do {
            return try NodeSet(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Reads a selection such as `site=ams & role!=spine`.
    @Sendable static func selection(_ text: String) throws -> Selection {
        do {
            return try Selection(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Reads the name of a transport.
    @Sendable static func transport(_ name: String) throws -> InventoryTransport { try choice(name, of: "transport") }

    /// Reads the name of a channel.
    @Sendable static func channel(_ name: String) throws -> InventoryChannel { try choice(name, of: "channel") }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, of kind: String) throws -> Choice {
        if let choice = Choice(rawValue: name) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let hint = Suggestion.hint(for: name, among: names) ?? "there are \(names.joined(separator: ", "))"
        throw ValidationError("there is no \(kind) '\(name.oneLine)'; \(hint)")
    }

    /// Reads a number of bytes such as `65536`, `64K`, `16M`, `1G`.
    @Sendable static func byteCount(_ text: String) throws -> Int {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = text.uppercased().last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        let count = digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
        guard let count, case (let bytes, false) = count.multipliedReportingOverflow(by: unit ?? 1) else {
            throw ValidationError("'\(text.oneLine)' is no number of bytes: expected one such as 65536, 64K, 16M or 1G")
        }
        // What a login and its prompts need.
        guard bytes >= 1 << 16 else { throw ValidationError("\(text.oneLine) is too little to keep: expected 64K or more") }
        return bytes
    }

    /// Reads a TCP port.
    @Sendable static func portNumber(_ text: String) throws -> Int {
        guard let number = Int(text), (1...65535).contains(number) else {
            throw ValidationError("'\(text.oneLine)' is not a port: expected a number from 1 to 65535")
        }
        return number
    }
}
