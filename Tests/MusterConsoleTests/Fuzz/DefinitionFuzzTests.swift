import Foundation
import Testing

@testable import MusterConsole

/// Definitions and recordings that were tampered with: they load, or the problem says why not.
struct DefinitionFuzzTests {
    private let snippets = [
        "- ", ": ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "|", ">", "'", "\"", "\n", "\n  ", "\t", "#", "null", "~", "(", ")", "(?",
        "*",
        "(a+)+$", "[[:", "\\", "\\Q", "{65535}", "(?R)", "muster:", "modes:", "<<: *a", "---\n", "...\n", "\u{0}", "\u{FEFF}",
        "99999999999",
    ]

    private func mutated(_ text: String, _ generator: inout SeededGenerator) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = Int.random(in: 0..<lines.count, using: &generator)
            let other = Int.random(in: 0..<lines.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: lines.remove(at: index)
            case 1: lines.insert(lines[other], at: index)
            case 2: lines.swapAt(index, other)
            case 3: lines[index] = "  " + lines[index]
            case 4: lines[index] = String(lines[index].drop { $0 == " " })
            case 5: lines[index] = String(decoding: Array(lines[index].utf8).mutated(&generator), as: UTF8.self)
            default:
                let snippet = snippets.randomElement(using: &generator) ?? ""
                let place = lines[index].indices.randomElement(using: &generator) ?? lines[index].startIndex
                lines[index].insert(contentsOf: snippet, at: place)
            }
            if lines.isEmpty { lines = [""] }
        }
        return lines.joined(separator: "\n")
    }

    @Test func loadsOrSaysWhyNot_whateverIsChanged() {
        let texts: [[UInt8]] = ["r1#", "r1(config)#", "% Invalid input", " --More-- ", "Password: "].map { Array($0.utf8) }
        let scratch = MatchScratch()
        var loaded = 0
        let iterations = Fuzz.iterations(400)
        for iteration in 0..<iterations {
            var generator = Fuzz.generator(iteration)
            let (name, text) = Corpus.definitions[iteration % Corpus.definitions.count]
            let changed = mutated(text, &generator)
            do throws(PlatformProblem) {
                let platform = try Platform.load(yaml: changed, name: name, file: "\(name).yaml")
                loaded += 1
                // What loads can be used: no expression runs away, no way leads in a circle.
                for mode in platform.modes {
                    for text in texts { _ = mode.prompt.matches(text, scratch) }
                    for other in platform.modes { _ = platform.path(from: mode.name, to: other.name) }
                }
            } catch {
                #expect(!error.what.isEmpty, "iteration \(iteration), seed \(Fuzz.seed)")
                #expect(error.description.hasPrefix("\(name).yaml"), "iteration \(iteration), seed \(Fuzz.seed)")
            }
        }
        #expect(loaded > iterations / 20 && loaded < iterations, "some of both, or nothing was tried")
    }

    @Test(arguments: ["[", "{a: ", "- ", "modes: [", "? "])
    func isNotBroughtDown_whenNestedWithoutEnd(_ opening: String) {
        let text = String(repeating: opening, count: 50_000)
        #expect(throws: PlatformProblem.self) { try Platform.load(yaml: text, name: "deep", file: "deep.yaml") }
    }

    @Test func isNotBroughtDown_whenAnchorsMultiply() {
        // Nine levels of nine: half a gigabyte, if anyone followed them all.
        var text = "x0: &a0 [a, a, a, a, a, a, a, a, a]\n"
        for level in 1..<9 {
            text += "x\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(throws: PlatformProblem.self) { try Platform.load(yaml: text, name: "bomb", file: "bomb.yaml") }
        let problem: PlatformProblem? = {
            do throws(PlatformProblem) {
                _ = try Platform.load(yaml: text + "failure_indicators: *a8\nmodes: [{name: a}]\n", name: "bomb", file: "bomb.yaml")
                return nil
            } catch { return error }
        }()
        #expect(problem != nil)
    }

    @Test func readsRecordingsOrSaysWhyNot_whateverIsChanged() {
        for iteration in 0..<Fuzz.iterations(400) {
            var generator = Fuzz.generator(iteration)
            let entry = Corpus.entries[iteration % Corpus.entries.count]
            do throws(RecordingProblem) {
                _ = try Recording(reading: entry.bytes.mutatedOften(&generator), file: entry.name)
            } catch {
                #expect(error.line > 0 && !error.what.isEmpty && !error.expected.isEmpty, "iteration \(iteration), seed \(Fuzz.seed)")
            }
        }
    }
}
