/// "did you mean": the known word nearest to a mistyped one.
package enum Suggestion {
    /// The candidate nearest to `word`, or nil when none is near enough to be meant.
    ///
    /// One edit is forgiven for each three characters; a transposition is one edit. Ties go to the earlier candidate.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().utf8)
        let allowed = max(1, wanted.count / 3)
        var best: (text: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let other = Array(candidate.lowercased().utf8)
            let limit = min(allowed, (best?.distance ?? .max) - 1)
            guard limit >= 0, abs(other.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, other)
            // One letter is one edit away from any other letter: that is no likeness.
            if distance <= limit, distance < max(wanted.count, other.count) { best = (candidate, distance) }
        }
        return best?.text
    }

    /// The hint for `word`, or nil.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
    }

    /// The optimal string alignment distance.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, b) in right.enumerated() {
                var cost = min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
