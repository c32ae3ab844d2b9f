/// Times as `ssh_config` writes them: `90`, `2m`, `1h30m` (TIME FORMATS of sshd_config(5)).
enum TimeText {
    private static let seconds: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// The time, or nil when the text is none.
    static func parse(_ text: String) -> Duration? {
        var rest = Substring(text.lowercased())
        guard !rest.isEmpty else { return nil }
        var total = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest[digits.endIndex...]
            var scale = 1
            if let unit = rest.first {
                guard let known = seconds[unit] else { return nil }
                scale = known
                rest = rest.dropFirst()
            }
            let (product, overflows) = number.multipliedReportingOverflow(by: scale)
            total += product
            // What ssh keeps is a C int.
            guard !overflows, total <= Int(Int32.max) else { return nil }
        }
        return .seconds(total)
    }
}
