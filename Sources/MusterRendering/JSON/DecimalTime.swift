#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Duration {
    /// The duration in seconds, rounded to the microsecond, with the zeros at the end left out but for one: `0.532`, `2.0`.
    ///
    /// Worked out in whole numbers: a detour by `Double` would show its binary noise.
    var decimalSeconds: String {
        let (seconds, attoseconds) = components
        // A negative duration does not come up; should a clock make one, it reads as nothing.
        guard seconds >= 0, attoseconds >= 0 else { return "0.0" }
        var whole = seconds
        var micros = (attoseconds + 500_000_000_000) / 1_000_000_000_000
        if micros == 1_000_000 { (whole, micros) = (whole + 1, 0) }
        var decimals = String(micros + 1_000_000).dropFirst()
        while decimals.count > 1, decimals.last == "0" { decimals.removeLast() }
        return "\(whole).\(decimals)"
    }
}

extension Date {
    /// The date as RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.123Z`.
    var timestamp: String {
        let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded())
        let (days, time) = milliseconds.quotientAndModulus(86_400_000)
        // Howard Hinnant's days-to-civil rule: eras of 400 years, years that begin in March.
        let (era, dayOfEra) = (days + 719_468).quotientAndModulus(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
            + "T\(digits(time / 3_600_000, 2)):\(digits(time / 60_000 % 60, 2)):\(digits(time / 1000 % 60, 2)).\(digits(time % 1000, 3))Z"
    }
}

extension Int64 {
    fileprivate func quotientAndModulus(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
