/// An escape sequence on its way (ECMA-48, and what xterm makes of it).
struct EscapeSequence {
    enum State {
        case none
        /// After ESC.
        case start
        /// After ESC and an intermediate byte, as in the choice of a character set.
        case intermediate
        /// After ESC [.
        case control
        /// In a title or another string, which ends with BEL or ESC \.
        case string
        /// After an ESC in a string.
        case stringEscape
    }

    var state = State.none
    var parameters: [UInt8] = []
    var length = 0

    var isOpen: Bool { state != .none }

    mutating func begin() {
        state = .start
        parameters.removeAll(keepingCapacity: true)
        length = 0
    }

    /// The first number of the parameters, or `fallback` where there is none.
    func number(_ position: Int = 0, or fallback: Int) -> Int {
        let parts = parameters.split(separator: 0x3B, omittingEmptySubsequences: false)
        guard position < parts.count, let value = Int(String(decoding: parts[position], as: UTF8.self)) else { return fallback }
        return min(max(0, value), 32_767)
    }
}

extension LineEmulator {
    /// A string or sequence longer than this is not one: the bytes after it are text again.
    private static let longestSequence = 4096

    /// Goes on with the open sequence at `index`; the index of the first byte after what it took.
    mutating func continueEscape(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count, escape.isOpen {
            let byte = bytes[index]
            // A sequence that a line end interrupts is broken. So a stray ESC cannot swallow more than the rest of its line.
            if byte == 0x0A || byte == 0x0D || byte == 0x18 || byte == 0x1A {
                escape.state = .none
                return byte == 0x18 || byte == 0x1A ? index + 1 : index
            }
            escape.length += 1
            if escape.length > Self.longestSequence { escape.state = .none }
            switch escape.state {
            case .none: return index
            case .start: afterEscape(byte)
            case .intermediate: if byte >= 0x30 { escape.state = .none }
            case .control: inControl(byte)
            case .string:
                if byte == 0x07 { escape.state = .none }
                if byte == 0x1B { escape.state = .stringEscape }
            case .stringEscape:
                escape.state = byte == 0x5C ? .none : .string
            }
            index += 1
        }
        return index
    }

    private mutating func afterEscape(_ byte: UInt8) {
        switch byte {
        case 0x5B: escape.state = .control
        case 0x5D, 0x50, 0x58, 0x5E, 0x5F: escape.state = .string
        case 0x20...0x2F: escape.state = .intermediate
        case 0x1B: escape.begin()
        case 0x44, 0x45:
            escape.state = .none
            finishLine()
        case 0x37:
            saved = cursor
            escape.state = .none
        case 0x38:
            cursor = min(saved, line.count)
            escape.state = .none
        case 0x5A:
            replies += Array("\u{1B}[?1;0c".utf8)
            escape.state = .none
        default: escape.state = .none
        }
    }

    private mutating func inControl(_ byte: UInt8) {
        switch byte {
        case 0x20...0x3F: escape.parameters.append(byte)
        case 0x40...0x7E:
            escape.state = .none
            run(byte)
        case 0x1B: escape.begin()
        case 0x80...: escape.state = .none
        default: break
        }
    }

    /// Carries out ESC [ … `final`.
    private mutating func run(_ final: UInt8) {
        let isPrivate = escape.parameters.first.map { (0x3C...0x3F).contains($0) } ?? false
        guard !isPrivate else { return }
        switch final {
        case 0x41: moveUp(escape.number(or: 1))
        case 0x42: moveDown(escape.number(or: 1))
        case 0x45:
            moveDown(escape.number(or: 1))
            cursor = rowStart
        case 0x46:
            moveUp(escape.number(or: 1))
            cursor = rowStart
        case 0x62: repeatCharacter(escape.number(or: 1))
        case 0x43, 0x61: moveRight(max(1, escape.number(or: 1)))
        case 0x44: moveLeft(max(1, escape.number(or: 1)))
        case 0x47, 0x60: moveTo(column: escape.number(or: 1))
        case 0x48, 0x66: moveTo(column: escape.number(1, or: 1))
        case 0x4A: erase(escape.number(or: 0))
        case 0x4B: eraseRow(escape.number(or: 0))
        case 0x50: deleteCharacters(max(1, escape.number(or: 1)))
        case 0x40: insertBlanks(max(1, escape.number(or: 1)))
        case 0x58: blankOut(from: cursor, to: min(line.count, cursor + max(1, escape.number(or: 1))))
        case 0x73: saved = cursor
        case 0x75: cursor = min(saved, line.count)
        case 0x6E: reply(escape.number(or: 0))
        case 0x63: replies += Array("\u{1B}[?1;0c".utf8)
        default: break
        }
    }

    /// Answers a question about the terminal.
    ///
    /// Line editors that are built on prompt_toolkit wait for the answer, and so does RouterOS.
    private mutating func reply(_ question: Int) {
        if question == 5 { replies += Array("\u{1B}[0n".utf8) }
        if question == 6 { replies += Array("\u{1B}[1;\(cursor - rowStart + 1)R".utf8) }
    }

    /// Moves over characters, and past the end of the line no further than the last column of the row, as a terminal does.
    ///
    /// Without that end a few bytes of movements would be answered with gigabytes of blanks by the next byte that is written.
    private mutating func moveRight(_ count: Int) {
        let last = max(line.count, rowStart + width - 1)
        var left = min(count, width - 1)
        while left > 0, cursor < line.count {
            cursor = characterEnd(after: cursor)
            left -= 1
        }
        cursor = min(cursor + left, max(cursor, last))
    }

    private mutating func moveLeft(_ count: Int) {
        hasGoneBack = true
        for _ in 0..<count where cursor > 0 {
            cursor -= 1
            while cursor > 0, cursor < line.count, line[cursor] & 0xC0 == 0x80 { cursor -= 1 }
        }
    }

    /// Moves among the rows of a line that the terminal has folded; rows above the line's first are finished and stay as they are.
    private mutating func moveUp(_ count: Int) {
        for _ in 0..<max(1, count) where cursor > width || cursor == width && rowStart > 0 { cursor -= width }
    }

    private mutating func moveDown(_ count: Int) {
        for _ in 0..<max(1, count) where rowStart + width <= line.count { cursor = min(cursor + width, line.count) }
    }

    /// Writes the character before the cursor again, as a terminal does for text that repeats.
    private mutating func repeatCharacter(_ count: Int) {
        guard cursor > 0, cursor <= line.count else { return }
        var start = cursor - 1
        while start > 0, line[start] & 0xC0 == 0x80 { start -= 1 }
        let character = Array(line[start..<cursor])
        for _ in 0..<min(max(1, count), width) { character.withUnsafeBytes { write($0) } }
    }

    private mutating func moveTo(column: Int) {
        hasGoneBack = true
        cursor = rowStart
        if column > 1 { moveRight(column - 1) }
    }

    /// Erases in the row of the cursor alone, where the line has been folded into several.
    private mutating func eraseRow(_ part: Int) {
        let end = rowStart + width
        guard line.count > end || rowStart > 0 else { return erase(part) }
        eraseAwaited = false
        switch part {
        case 0 where line.count > end: blankOut(from: cursor, to: end)
        case 0: erase(0)
        case 1: blankOut(from: rowStart, to: min(line.count, cursor + 1))
        default: blankOut(from: rowStart, to: min(line.count, end))
        }
    }

    private mutating func erase(_ part: Int) {
        eraseAwaited = false
        switch part {
        case 0: if cursor < line.count { line.removeSubrange(cursor...) }
        case 1: blankOut(from: 0, to: min(line.count, cursor + 1))
        default: line.removeAll(keepingCapacity: true)
        }
    }

    private mutating func blankOut(from start: Int, to end: Int) {
        guard start < end else { return }
        for index in start..<end { line[index] = 0x20 }
    }

    private mutating func deleteCharacters(_ count: Int) {
        eraseAwaited = false
        guard cursor < line.count else { return }
        var end = cursor
        for _ in 0..<count where end < line.count { end = characterEnd(after: end) }
        line.removeSubrange(cursor..<end)
    }

    private mutating func insertBlanks(_ count: Int) {
        let room = min(count, width, Self.longestLine - line.count)
        guard cursor < line.count, room > 0 else { return }
        line.insert(contentsOf: repeatElement(0x20, count: room), at: cursor)
    }
}
