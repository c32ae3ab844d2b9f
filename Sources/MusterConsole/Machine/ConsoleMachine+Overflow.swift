/// Output that is longer than what is kept in memory.
///
/// Its beginning stays, for the result. All of it comes out in pieces, for a file.
extension ConsoleMachine {
    /// Takes the pieces of the first command's output that have to go to its file.
    package mutating func takeOverflow() -> [[UInt8]] {
        defer { overflow.removeAll() }
        return overflow
    }

    mutating func collectOverflow() {
        let more = screen.takeOverflow()
        guard screen.handsOutOverflow, let head = inFlight.first, head.purpose == .command else { return }
        if !isOverflowing {
            isOverflowing = true
            overflowed = 0
            overflowSecrets = SecretStream(mark: Self.secretMark)
            hand(out: screen.text)
        }
        hand(out: more)
    }

    private mutating func hand(out bytes: [UInt8], isLast: Bool = false, of step: Step? = nil) {
        let secrets = (step ?? inFlight.first).map { secretBytes(in: $0) } ?? []
        let bytes = overflowSecrets?.pass(bytes, without: secrets, isLast: isLast) ?? bytes
        guard !bytes.isEmpty else { return }
        overflowed += bytes.count
        overflow.append(bytes)
    }

    /// Hands out the last lines of `step`'s output, without the prompt's; how much there was in all, or nil when it all was kept.
    mutating func endOverflow(_ tail: consuming [UInt8], of step: Step? = nil) -> Int? {
        guard isOverflowing else { return nil }
        isOverflowing = false
        hand(out: tail, isLast: true, of: step)
        overflowSecrets = nil
        return overflowed
    }
}
