/// A fleet made up from a number of devices.
package struct LabPlan: Sendable {
    /// One device of the fleet, with what an inventory says of it.
    package struct Entry: Sendable {
        package var device: LabDevice
        package let site: String
        package let role: String
        /// Whether an inventory says to reach it by telnet.
        package var usesTelnet = false
    }

    package var entries: [Entry]

    package var devices: [LabDevice] { entries.map(\.device) }

    private static let sites = ["ams", "fra", "lon"]

    init(entries: [Entry]) { self.entries = entries }

    /// A fleet of devices named after their roles, platforms taking turns, at addresses from 127.1.0.1 on.
    ///
    /// - Parameters:
    ///   - count: How many devices.
    ///   - platforms: The platforms that take turns.
    package init(count: Int, platforms: [LabPlatform] = LabPlatform.allCases) {
        let perPlatform = platforms.isEmpty ? 0 : (count + platforms.count - 1) / platforms.count
        let width = max(2, String(perPlatform).utf8.count)
        entries = (0..<(platforms.isEmpty ? 0 : count)).map { index in
            let platform = platforms[index % platforms.count]
            let number = index / platforms.count + 1
            return Entry(
                device: LabDevice("\(platform.role)-\(number.digits(width))", address: Self.address(index), platform: platform),
                site: Self.sites[number % Self.sites.count], role: platform.role)
        }
    }

    /// Gives a fault to the devices whose names match.
    ///
    /// - Parameters:
    ///   - fault: What shall be wrong.
    ///   - pattern: A name in which `*` stands for any characters and `?` for one.
    /// - Returns: How many devices got it.
    package mutating func add(_ fault: LabFault, to pattern: String) -> Int {
        var count = 0
        for index in entries.indices where Self.matches(Array(entries[index].device.name)[...], Array(pattern)[...]) {
            entries[index].device.faults.append(fault)
            count += 1
        }
        return count
    }

    /// Has inventories say that the devices whose names match are reached by telnet.
    ///
    /// - Parameter pattern: A name in which `*` stands for any characters and `?` for one.
    /// - Returns: How many devices there are of such names.
    package mutating func useTelnet(on pattern: String) -> Int {
        let matching = entries.indices.filter { Self.matches(Array(entries[$0].device.name)[...], Array(pattern)[...]) }
        for index in matching { entries[index].usesTelnet = true }
        return matching.count
    }

    /// Never 127.0.x.y, where other programs listen.
    static func address(_ index: Int) -> String { "127.\(1 + index / (254 * 256)).\(index / 254 % 256).\(index % 254 + 1)" }

    private static func matches(_ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == "*" {
            return matches(name, pattern.dropFirst()) || (!name.isEmpty && matches(name.dropFirst(), pattern))
        }
        guard let character = name.first, first == "?" || first == character else { return false }
        return matches(name.dropFirst(), pattern.dropFirst())
    }
}

extension LabPlatform {
    /// What a device of this platform is usually there for; its name starts with it.
    var role: String {
        switch self {
        case .ciscoIOSXE: "edge"
        case .ciscoIOSXR: "core"
        case .ciscoNXOS: "agg"
        case .aristaEOS: "leaf"
        case .juniperJunos: "border"
        case .nokiaSRLinux: "spine"
        case .frr: "route"
        case .linux: "host"
        }
    }
}
