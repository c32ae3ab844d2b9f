/// What a terminal would show of a device's output, as lines.
///
/// Bytes go in; finished lines come out as text with `\n` ends, and the line that is being written stays editable. `\r`, backspaces,
/// cursor movements and erasures work on that line as they do on a screen, so whatever a device paints over is gone. Colours, titles, bells
/// and NULs leave nothing. Bytes that are not valid UTF-8 are kept as they are.
///
/// Unlike a screen, the text has no height: a line that is finished stays.
package struct LineEmulator {
    /// The finished lines since the last `takeText`, each ended by `\n`.
    package private(set) var text: [UInt8] = []
    /// The unfinished line.
    package internal(set) var line: [UInt8] = []
    /// Where the next byte goes in `line`.
    ///
    /// It may lie past the end.
    package internal(set) var cursor = 0
    /// How many lines have been finished since the beginning.
    package private(set) var finishedLines = 0
    /// Whether the beginning of the unfinished line has gone to `text` already, because it is very long.
    package private(set) var isContinued = false
    /// Whether text past the limit was dropped since the last `takeText`.
    package private(set) var isTruncated = false
    /// Answers to questions that a device put to the terminal (where is the cursor, what are you).
    package internal(set) var replies: [UInt8] = []

    /// How many bytes of finished lines are kept; the head stays, what goes beyond is dropped.
    package var limit: Int
    /// The columns of the terminal the device believes in: `\r` goes to the start of the row, not of a folded line.
    let width: Int

    /// The last lines that were dropped past the limit: a prompt of several lines is looked for there.
    private var dropped: [UInt8] = []
    /// How many bytes at the beginning of `dropped` are the end of `text`.
    private var overlap = 0
    /// Whether what goes beyond the limit is handed out instead of forgotten; see `takeOverflow`.
    package var handsOutOverflow = false
    private var overflow: [UInt8] = []
    private static let keptOfDropped = 4096
    private static let mostDropped = 1 << 16
    var saved = 0
    /// Set by a `\r`, until something is written.
    private var hasReturned = false
    /// Whether a blank behind the 80th column and a `\r` are a row's end: so line editors fold what is typed that were told of no width.
    package var foldsAtUsualWidth = false
    /// Whether such a row has just ended, and nothing was written since.
    private var hasFolded = false
    private static let usualWidth = 80
    /// Set by a movement to the left that is none of a line's end, until something is written.
    var hasGoneBack = false
    /// A pager's question stood here and was taken away; the device may or may not erase what it believes to be on the screen.
    var eraseAwaited = false
    private var blanksAwaitingErase = 0
    /// Backspaces stop here: before it stood something that the pager had not written.
    var floor = 0
    var escape = EscapeSequence()

    /// A line longer than this is moved to `text` in pieces.
    ///
    /// No terminal has as many columns, and edits far inside a line stay cheap. What would be inserted into one that long is dropped.
    static let longestLine = 16_384
    private static let keptOfLongLine = 1024

    package init(limit: Int = 64 << 20, width: Int = 511) {
        self.limit = limit
        self.width = max(1, width)
    }

    /// The unfinished line as a prompt: up to the cursor where only blanks follow it, or, far to the right, what a shell shows there.
    package var standing: ArraySlice<UInt8> {
        guard cursor < line.count, line[cursor...].isBlank || hasRightPrompt else { return line[...] }
        return line[..<cursor]
    }

    /// Whether text stands to the right of the cursor with a gap before it, which is no part of what is typed.
    package var hasRightPrompt: Bool {
        guard cursor > 0, cursor < line.count else { return false }
        let gap = line[cursor...].prefix { $0 == 0x20 }
        return gap.count >= 2 && gap.endIndex < line.endIndex
    }

    /// The end of the finished lines, whether or not they were kept.
    package var end: ArraySlice<UInt8> {
        isTruncated ? dropped[...] : text[...]
    }

    /// Takes what went beyond the limit, but for its last lines.
    package mutating func takeOverflow() -> [UInt8] {
        defer { overflow.removeAll() }
        return overflow
    }

    /// What went beyond the limit and is not handed out yet.
    package var tail: ArraySlice<UInt8> { dropped[overlap...] }

    /// Takes the finished lines out.
    package mutating func takeText() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &text)
        isTruncated = false
        dropped.removeAll()
        overlap = 0
        overflow.removeAll()
        return taken
    }

    /// Removes the first `count` bytes of the finished lines.
    package mutating func dropText(first count: Int) {
        text.removeFirst(min(count, text.count))
    }

    /// Forgets all but the last `lines` finished lines, and of these all but the last `bytes`.
    package mutating func forgetText(butLast lines: Int, bytes: Int = 4096) {
        var start = text.endIndex
        var left = lines + 1
        while start > 0, text.endIndex - start < bytes {
            if text[start - 1] == 0x0A {
                left -= 1
                if left == 0 { break }
            }
            start -= 1
        }
        // A new array: what is left must not hold on to the memory of what is gone.
        text = Array(text[start...])
        isTruncated = false
        dropped.removeAll()
        overlap = 0
        overflow.removeAll()
    }

    /// Takes the pager's question, which begins at `start` of the unfinished line, off the screen.
    package mutating func removePager(from start: Int) {
        line.removeSubrange(min(start, line.count)...)
        cursor = line.count
        floor = cursor
        eraseAwaited = true
        blanksAwaitingErase = 0
    }

    /// Writes `bytes` to the screen.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            if escape.isOpen {
                index = continueEscape(bytes, from: index)
                continue
            }
            let stop = nextControl(bytes, from: index)
            if stop > index {
                let run = UnsafeRawBufferPointer(rebasing: bytes[index..<stop])
                // Most of all output: a whole line at hand, and nothing on the screen's line yet. It is copied once.
                if line.isEmpty, cursor == 0, !isContinued, !eraseAwaited, stop < bytes.count, let ending = lineEnd(bytes, at: stop) {
                    floor = 0
                    hasReturned = false
                    hasGoneBack = false
                    saved = 0
                    keepWhole(run)
                    index = stop + ending
                    continue
                }
                write(run)
            }
            if stop < bytes.count { control(bytes[stop]) }
            index = stop + 1
        }
    }

    /// The length of the line end at `index`: `\n` or `\r\n`, or nil.
    @inline(__always)
    private func lineEnd(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
        if bytes[index] == 0x0A { return 1 }
        return bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : nil
    }

    private mutating func keepWhole(_ run: UnsafeRawBufferPointer) {
        finishedLines += 1
        guard text.count + run.count < limit else {
            keep(run)
            withUnsafeBytes(of: UInt8(0x0A)) { keep($0) }
            return
        }
        // As a buffer of UInt8: appending a raw buffer goes byte by byte.
        text.append(contentsOf: run.bindMemory(to: UInt8.self))
        text.append(0x0A)
    }

    /// Writes a run without control characters at the cursor.
    mutating func write(_ run: UnsafeRawBufferPointer) {
        if eraseAwaited || blanksAwaitingErase > 0 { noteWriteAfterPager(run) }
        dropErasedEnd()
        hasReturned = false
        hasGoneBack = false
        hasFolded = false
        if cursor > line.count { line.append(contentsOf: repeatElement(0x20, count: cursor - line.count)) }
        if cursor == line.count {
            line.append(contentsOf: run.bindMemory(to: UInt8.self))
            cursor = line.count
        } else {
            for byte in run { overwrite(byte) }
        }
        if line.count > Self.longestLine, cursor == line.count {
            // The end stays: a prompt may follow on the same line.
            let moved = line.count - Self.keptOfLongLine
            line.withUnsafeBytes { keep(UnsafeRawBufferPointer(rebasing: $0.prefix(moved))) }
            line.removeFirst(moved)
            cursor = line.count
            saved = 0
            floor = 0
            isContinued = true
        }
    }

    /// Blanks that were written to erase something, and then left for a place before them, are not text.
    private mutating func dropErasedEnd() {
        guard cursor < line.count, hasReturned || hasGoneBack, line[cursor...].isBlank else { return }
        line.removeSubrange(cursor...)
    }

    /// Writes one byte at the cursor, over the character that stands there.
    private mutating func overwrite(_ byte: UInt8) {
        guard cursor < line.count else {
            line.append(byte)
            cursor = line.count
            return
        }
        if byte & 0xC0 == 0x80 {
            // The rest of a character whose first byte has just been written. Nothing says that there was a first byte: only so much fits.
            guard line.count < Self.longestLine else { return }
            line.insert(byte, at: cursor)
        } else {
            let next = characterEnd(after: cursor)
            if next > cursor + 1 { line.removeSubrange(cursor + 1..<next) }
            line[cursor] = byte
        }
        cursor += 1
    }

    /// The index after the character at `index`.
    func characterEnd(after index: Int) -> Int {
        var next = index + 1
        while next < line.count, line[next] & 0xC0 == 0x80 { next += 1 }
        return min(next, line.count)
    }

    private mutating func noteWriteAfterPager(_ run: UnsafeRawBufferPointer) {
        if run.allSatisfy({ $0 == 0x20 }) {
            // One blank may be the echo of the answer. More of them erase the question.
            blanksAwaitingErase += run.count
            if blanksAwaitingErase > 1 { eraseAwaited = false }
        } else {
            eraseAwaited = false
            blanksAwaitingErase = 0
            floor = 0
        }
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x0A, 0x0B, 0x0C: finishLine()
        case 0x0D:
            if endsUsualRow { return endUsualRow() }
            if hasReturned { hasGoneBack = true }
            cursor = rowStart
            hasReturned = true
        case 0x08: backspace()
        case 0x09: tab()
        case 0x1B: escape.begin()
        default: break
        }
    }

    /// Where the row begins that the cursor is in, on a terminal that folds at `width`.
    ///
    /// Behind the last column the cursor is still in the row, until something is written, unless a `\r` has just brought it to the next one's start.
    var rowStart: Int {
        if hasReturned, cursor % width == 0 { return cursor }
        return cursor <= width ? 0 : (cursor - 1) / width * width
    }

    private mutating func backspace() {
        eraseAwaited = false
        hasGoneBack = true
        guard cursor > floor else { return }
        guard cursor <= line.count else {
            cursor -= 1
            return
        }
        let wasAtEnd = cursor == line.count
        cursor -= 1
        while cursor > floor, line[cursor] & 0xC0 == 0x80 { cursor -= 1 }
        // A blank at the end that the cursor steps back over was written to erase.
        if wasAtEnd, line[cursor] == 0x20 { line.removeLast() }
    }

    private mutating func tab() {
        dropErasedEnd()
        if cursor == line.count {
            withUnsafeBytes(of: UInt8(0x09)) { write($0) }
        } else {
            cursor = min((cursor / 8 + 1) * 8, max(line.count, cursor))
        }
    }

    private var endsUsualRow: Bool {
        foldsAtUsualWidth && cursor == line.count && cursor > Self.usualWidth && cursor % Self.usualWidth == 1 && line.last == 0x20
            && !isContinued && !hasFolded
    }

    /// The blank only brought the cursor to the next row, where the text goes on.
    private mutating func endUsualRow() {
        line.removeLast()
        cursor = line.count
        hasFolded = true
    }

    mutating func finishLine() {
        // It was the line's end after all.
        if hasFolded { line.append(0x20) }
        defer {
            hasFolded = false
            line.removeAll(keepingCapacity: true)
            cursor = 0
            saved = 0
            floor = 0
            eraseAwaited = false
            blanksAwaitingErase = 0
            hasReturned = false
            hasGoneBack = false
            isContinued = false
        }
        // The line of a pager's question that the device ended instead of erasing it was never a line of the output.
        if eraseAwaited, line[...].isBlank { return }
        // Blanks that were written over it are not text either. What ends them without going back first ends the question's line.
        if blanksAwaitingErase > 1, line[...].isBlank {
            guard hasGoneBack else { return }
            line.removeAll(keepingCapacity: true)
        }
        finishedLines += 1
        line.append(0x0A)
        line.withUnsafeBytes { keep($0) }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        if !isTruncated {
            let room = max(0, limit - text.count)
            if bytes.count <= room {
                text.append(contentsOf: bytes.bindMemory(to: UInt8.self))
                return
            }
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(room)).bindMemory(to: UInt8.self))
            rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(room))
            isTruncated = true
            // Lines that a prompt has above its last may lie on both sides of the limit.
            dropped = Array(text.suffix(Self.keptOfDropped))
            overlap = dropped.count
        }
        dropped.append(contentsOf: rest.bindMemory(to: UInt8.self))
        guard dropped.count > Self.mostDropped else { return }
        let moved = dropped.count - Self.keptOfDropped
        if handsOutOverflow { overflow.append(contentsOf: dropped[min(overlap, moved)..<moved]) }
        overlap = max(0, overlap - moved)
        dropped.removeFirst(moved)
    }
}

/// The index of the next byte below 0x20 or equal to 0x7F, or the count.
///
/// Eight bytes at a time: a byte's high bit ends up set where the byte is below 0x20 (`x - 0x20` borrows) or is 0x7F (`x ^ 0x7F` is zero). A byte
/// above one that is found may be found wrongly, never one below it, and the lowest is what is asked for.
@inline(__always)
private func nextControl(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    let count = bytes.count
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while index &+ 8 <= count {
        let block = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let deletes = block ^ (ones &* 0x7F)
        let found = ((block &- ones &* 0x20) & ~block | (deletes &- ones) & ~deletes) & highs
        if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
        index &+= 8
    }
    while index < count {
        let byte = base.load(fromByteOffset: index, as: UInt8.self)
        if byte < 0x20 || byte == 0x7F { return index }
        index &+= 1
    }
    return count
}
