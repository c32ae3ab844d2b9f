extension Duration {
    /// The duration for the eye: `0.53s`, `12.3s`, `2m 05s`, `1h 02m`.
    package var readable: String {
        let hundredths = wholeHundredths
        switch hundredths {
        case ..<1000: return "\(hundredths / 100).\(twoDigits(hundredths % 100))s"
        case ..<6000: return "\(hundredths / 100).\(hundredths / 10 % 10)s"
        case ..<360_000: return "\(hundredths / 6000)m \(twoDigits(hundredths / 100 % 60))s"
        default: return "\(hundredths / 360_000)h \(twoDigits(hundredths / 6000 % 60))m"
        }
    }

    /// The duration in fewer digits, for a line that is redrawn and should not flicker: `0.5s`, `12s`, `2m 05s`.
    package var readableBriefly: String {
        let hundredths = wholeHundredths
        switch hundredths {
        case ..<1000: return "\(hundredths / 100).\(hundredths / 10 % 10)s"
        case ..<6000: return "\(hundredths / 100)s"
        default: return readable
        }
    }

    private var wholeHundredths: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 100)
        return overflow ? .max : max(0, scaled + attoseconds / 10_000_000_000_000_000)
    }

    private func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
