import Testing

@testable import MusterConsole

/// The terminal under bytes that no one would send.
struct LineEmulatorFuzzTests {
    /// Text, escape sequences and rubbish.
    private func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...60, using: &generator) {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes += (0..<Int.random(in: 1...30, using: &generator)).map { _ in UInt8.random(in: 0x20...0x7E, using: &generator) }
            case 1: bytes += (0..<Int.random(in: 1...8, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            default: bytes += Fuzz.snippets.randomElement(using: &generator) ?? []
            }
        }
        return bytes
    }

    private func feed(_ emulator: inout LineEmulator, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { emulator.feed($0) }
    }

    @Test func showsTheSame_howeverTheBytesAreSplit() {
        for iteration in 0..<Fuzz.iterations(1500) {
            var generator = Fuzz.generator(iteration)
            let bytes = bytes(&generator)
            let width = [20, 80, 511].randomElement(using: &generator) ?? 80
            var whole = LineEmulator(limit: 4000, width: width)
            feed(&whole, bytes)
            var split = LineEmulator(limit: 4000, width: width)
            for piece in bytes.pieces(upTo: iteration % 2 == 0 ? 1 : 30, &generator) { feed(&split, piece) }
            let isSame =
                whole.text == split.text && whole.line == split.line && whole.cursor == split.cursor && whole.replies == split.replies
                && whole.finishedLines == split.finishedLines && whole.isTruncated == split.isTruncated
                && whole.isContinued == split.isContinued && whole.end == split.end && whole.standing == split.standing
            #expect(isSame, "iteration \(iteration), seed \(Fuzz.seed): \(escaped(bytes))")
        }
    }

    @Test func keepsWithinItsBounds_whateverComes() {
        for iteration in 0..<Fuzz.iterations(150) {
            var generator = Fuzz.generator(iteration)
            var emulator = LineEmulator(limit: 2000, width: 80)
            var count = 0
            // The same rubbish over and over is what makes things grow.
            let pieces = (0..<3).map { _ in bytes(&generator) }
            for _ in 0..<60 {
                let piece = pieces.randomElement(using: &generator) ?? []
                count += piece.count
                feed(&emulator, piece)
                if Int.random(in: 0..<8, using: &generator) == 0 { emulator.removePager(from: emulator.line.count / 2) }
            }
            let place: Comment = "iteration \(iteration), seed \(Fuzz.seed)"
            #expect(emulator.text.count <= 2000, place)
            #expect(emulator.end.count <= (1 << 16) + LineEmulator.longestLine + 4000, place)
            // A blank may be inserted for each column that a sequence names.
            #expect(emulator.line.count <= 2 * LineEmulator.longestLine + 32_767, place)
            #expect(emulator.cursor <= 2 * LineEmulator.longestLine + 32_767, place)
            #expect(emulator.replies.count <= 16 * count, place)
            #expect(emulator.escape.parameters.count <= 4096, place)
        }
    }
}
