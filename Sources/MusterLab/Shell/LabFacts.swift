/// What is particular to a device: serial number, addresses, uptime.
///
/// Made from its name and address, so that it stays the same.
struct LabFacts: Sendable {
    let name: String
    let address: String
    let seed: UInt64
    private let now: @Sendable () -> UInt64

    init(_ device: LabDevice, now: @escaping @Sendable () -> UInt64) {
        name = device.name
        address = device.address
        self.now = now
        // FNV-1a, as Swift's own hash changes from process to process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in device.address.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for byte in device.name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        seed = hash
    }

    /// A number below a limit that stays the same for this device.
    func number(_ salt: some BinaryInteger, below limit: UInt64) -> UInt64 {
        var value = seed &+ UInt64(truncatingIfNeeded: salt) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return (value ^ value >> 31) % limit
    }

    /// Such as `FDO2148A1B2`.
    var serial: String { serial("FDO", 0) }

    func serial(_ prefix: String, _ salt: UInt64) -> String {
        let letters = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
        let tail = (0..<4).map { letters[Int(number(100 + salt * 7 + $0, below: UInt64(letters.count)))] }
        return "\(prefix)\(20 + number(50 + salt, below: 6))\(number(51 + salt, below: 52).digits(2))\(String(tail))"
    }

    /// Such as `5254.0012.abcd`.
    func dottedMAC(_ port: some BinaryInteger) -> String {
        let hex = hexMAC(UInt64(truncatingIfNeeded: port))
        return stride(from: 0, to: 12, by: 4).map { String(hex[$0..<($0 + 4)]) }.joined(separator: ".")
    }

    /// Such as `52:54:00:12:ab:cd`.
    func colonMAC(_ port: some BinaryInteger) -> String {
        let hex = hexMAC(UInt64(truncatingIfNeeded: port))
        return stride(from: 0, to: 12, by: 2).map { String(hex[$0..<($0 + 2)]) }.joined(separator: ":")
    }

    private func hexMAC(_ port: UInt64) -> [Character] {
        let text = String((0x5254_00 << 24 | number(7, below: 0xFFFF) << 8 | port & 0xFF) as UInt64, radix: 16)
        return Array(String(repeating: "0", count: max(0, 12 - text.count)) + text)
    }

    /// An address of one of the device's interfaces, from the private range.
    func interfaceAddress(_ port: some BinaryInteger) -> String { "10.\(number(3, below: 200)).\(port).\(1 + number(4, below: 250))" }

    var clock: LabClock { LabClock(seconds: now()) }

    var booted: LabClock { LabClock(seconds: now() - uptime) }

    /// Seconds since the device was switched on; some start their count before others.
    var uptime: UInt64 {
        let start = 1_700_000_000 + number(1, below: 9_000_000)
        let seconds = now()
        return seconds > start ? seconds - start : number(1, below: 9_000_000) + 60
    }

    /// Such as `3 weeks, 2 days, 4 hours, 5 minutes`.
    var uptimeInWords: String {
        let parts = [
            (uptime / 31_449_600, "year"), (uptime / 604_800 % 52, "week"), (uptime / 86_400 % 7, "day"), (uptime / 3600 % 24, "hour"),
            (uptime / 60 % 60, "minute"),
        ]
        let shown = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        return shown.isEmpty ? "0 minutes" : shown.joined(separator: ", ")
    }
}

/// A moment, in the parts that devices print.
struct LabClock: Sendable {
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    let seconds: UInt64
    let year: Int
    let month: Int
    let day: Int

    init(seconds: UInt64) {
        self.seconds = seconds
        // From days since 1970 to a date, counting years from March so that the leap day comes last.
        let z = Int(seconds / 86_400) + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var monthName: String { Self.months[month - 1] }
    var weekday: String { Self.days[Int(seconds / 86_400 % 7)] }
    /// The time of day, such as `14:03:59`.
    var time: String { "\((seconds / 3600 % 24).digits(2)):\((seconds / 60 % 60).digits(2)):\((seconds % 60).digits(2))" }
    /// The date, such as `2026-01-31`.
    var date: String { "\(year)-\(month.digits(2))-\(day.digits(2))" }
}
