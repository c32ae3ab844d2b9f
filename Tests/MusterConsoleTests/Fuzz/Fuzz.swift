import Foundation

@testable import MusterConsole

/// How long the fuzz tests run, and with which numbers.
enum Fuzz {
    private static let environment = ProcessInfo.processInfo.environment

    /// `MUSTER_FUZZ_ITERATIONS` is the number for each test; without it, as many as a few seconds allow.
    static func iterations(_ usual: Int) -> Int {
        environment["MUSTER_FUZZ_ITERATIONS"].flatMap { Int($0) } ?? usual
    }

    /// `MUSTER_FUZZ_SEED`, or always the same.
    static let seed = environment["MUSTER_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    /// Numbers of one iteration's own: a failure names its seed, and that alone brings it back.
    static func generator(_ iteration: Int) -> SeededGenerator {
        SeededGenerator(seed: seed &* 0x1_0000_0000 &+ UInt64(iteration))
    }

    /// What means something to a terminal, a console or a pattern.
    static let snippets: [[UInt8]] =
        [
            "\r", "\n", "\r\n", "\r\r\n", "\u{8}", "\u{8} \u{8}", "\t", "\u{1B}[", "\u{1B}[K", "\u{1B}[2J", "\u{1B}[1;1H", "\u{1B}[999C",
            "\u{1B}[999D", "\u{1B}[5P", "\u{1B}[5@", "\u{1B}[6n", "\u{1B}[c", "\u{1B}]0;title", "\u{7}", "\u{1B}7", "\u{1B}8", "\u{1B}[31m",
            "\u{1B}(B", "\u{1B}[?25l", "\u{0}", "\u{3}", "\u{18}", " --More-- ", "--More--", "---(more 50%)---", "Password: ", "Username: ",
            "login: ", "[confirm]", "Proceed? [y/n] ", "r1#", "r1>", "r1(config)#", "netops@d1> ", "{master:0}\r\n", "% Invalid input",
            "Press RETURN to get started!", "\u{E9}\u{1F600}", "$", "#", ">", ": ", String(repeating: "a", count: 600),
            String(repeating: "\u{8}", count: 100), String(repeating: " ", count: 100),
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xF0, 0x9F], [0x80], [0x9B, 0x4B]]
}

extension [UInt8] {
    /// These bytes with one thing about them changed.
    func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        guard !isEmpty else { return Fuzz.snippets.randomElement(using: &generator) ?? [] }
        var bytes = self
        let index = Int.random(in: 0..<count, using: &generator)
        let length = Int.random(in: 1...Swift.min(64, count - index), using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(index..<index + length)
        case 3: bytes.insert(contentsOf: self[index..<index + length], at: index)
        case 4: bytes.insert(contentsOf: Fuzz.snippets.randomElement(using: &generator) ?? [], at: index)
        case 5:
            let other = Int.random(in: 0..<count, using: &generator)
            bytes.swapAt(index, other)
        default: bytes.removeSubrange(index...)
        }
        return bytes
    }

    /// These bytes changed in up to eight places.
    func mutatedOften(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 1...8, using: &generator)).reduce(self) { bytes, _ in bytes.mutated(&generator) }
    }
}
