/// Lets one after the other have its turn, in the order in which they came.
///
/// Belongs to one actor, whose other calls may come in between while a turn lasts. Whoever waits waits to the end: turns are short, or are ended
/// by what makes everything end.
package final class Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init() {}

    /// Waits for a turn, which `end` ends.
    package func take() async {
        await withCheckedContinuation { continuation in
            if isTaken { return waiting.append(continuation) }
            isTaken = true
            continuation.resume()
        }
    }

    /// Ends the turn, and begins the next.
    package func end() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
