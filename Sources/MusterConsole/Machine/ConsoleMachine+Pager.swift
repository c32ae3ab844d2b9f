import MusterTransport

extension ConsoleMachine {
    /// So many answers to the same line are enough to see that it is none.
    private static let mostAnswersInPlace = 5

    /// Answers a pager that stands at the end of the output, and takes its question off the screen.
    ///
    /// A question that was answered before, to the letter, is answered at once. A new one waits for a short pause, so that it is all there: what
    /// came of it after it was taken off the screen would become output.
    mutating func answerPager(_ now: Instant) -> Bool {
        pager.suspected = false
        guard let line = standingLine, line.count <= 200 else { return false }
        guard let (found, answer) = pagerQuestion(in: Array(line)) else { return false }
        let question = Array(line[(line.startIndex + found.lowerBound)...])
        guard pager.texts.contains(question) || quiet(now) >= timing.pager else {
            pager.suspected = true
            return true
        }
        if pager.lineAtAnswer != screen.finishedLines { pager.answersHere = 0 }
        guard pager.answersHere < Self.mostAnswersInPlace else { return false }
        pager.answersHere += 1
        pager.lineAtAnswer = screen.finishedLines
        if !pager.texts.contains(question) {
            pager.texts.append(question)
            if pager.texts.count > 8 { pager.texts.removeFirst() }
        }
        pagerAnswers += 1
        screen.removePager(from: found.lowerBound)
        outgoing.append(contentsOf: answer)
        return true
    }

    private func pagerQuestion(in line: [UInt8]) -> (Range<Int>, [UInt8])? {
        for pager in platform.pagers {
            guard let found = pager.pattern.match(in: line, scratch), !found.isEmpty else { continue }
            return (found, pager.answer)
        }
        return nil
    }
}
