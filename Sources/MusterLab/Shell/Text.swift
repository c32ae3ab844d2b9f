extension StringProtocol {
    var trimmingSpaces: String {
        let body = drop { $0 == " " || $0 == "\t" }
        guard let last = body.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(body[...last])
    }

    /// At least so wide, filled with blanks at the end.
    func padded(_ width: Int) -> String {
        let missing = width - utf8.count
        return missing > 0 ? self + String(repeating: " ", count: missing) : String(self)
    }

    /// At least so wide, filled with blanks in front.
    func aligned(_ width: Int) -> String {
        let missing = width - utf8.count
        return missing > 0 ? String(repeating: " ", count: missing) + self : String(self)
    }
}

extension BinaryInteger {
    /// At least so many digits.
    func digits(_ count: Int) -> String {
        let text = String(self)
        return text.utf8.count < count ? String(repeating: "0", count: count - text.utf8.count) + text : text
    }
}

extension String {
    func replacingLast(_ target: String, with replacement: String) -> String {
        let all = Array(self)
        let wanted = Array(target)
        guard all.count >= wanted.count else { return self }
        for start in stride(from: all.count - wanted.count, through: 0, by: -1) where Array(all[start..<(start + wanted.count)]) == wanted {
            return String(all[..<start]) + replacement + String(all[(start + wanted.count)...])
        }
        return self
    }
}

extension Int {
    func aligned(_ width: Int) -> String { String(self).aligned(width) }
}

extension String {
    /// Without the blank line at its end.
    var dropLastLine: String { hasSuffix("\n\n") ? String(dropLast()) : self }
}

extension String {
    /// A table's rule with the doubled line that ends its head.
    var replacingDashes: String { String(map { $0 == "-" ? "=" : $0 }) }
}

extension String {
    /// A text made of one piece for each number.
    static func rows(_ numbers: Range<Int>, _ piece: (Int) -> String) -> String { numbers.map(piece).joined() }
}
