import Foundation
import MusterConsole
import MusterTestSupport
import MusterTransport
import Testing

@testable import Muster

/// What is kept of a command's output.
struct ExecOutputTests {
    private func output(limit: Int, of pieces: [String], folder: String = "/proc/nowhere") async -> ExecOutput {
        let loop = Loops.next()
        let output = ExecOutput(loop: loop, limit: limit, folder: OutputFolder(folder), name: "r1", mark: .exec(id: 1, "show"))
        await withCheckedContinuation { done in
            loop.execute {
                for piece in pieces { Array(piece.utf8).withUnsafeBytes { output.received($0) } }
                done.resume()
            }
        }
        return output
    }

    @Test func theBeginningIsKept_whenMoreComesThanTheLimit() async {
        let long = await output(limit: 7, of: ["12345", "67890", "more"])
        #expect(await long.text == "1234567")
        #expect(await long.truncated)
        let exact = await output(limit: 10, of: ["12345", "67890"])
        #expect(await exact.text == "1234567890")
        #expect(await !exact.truncated)
    }

    @Test func aFileHasAllOfIt_whenMoreComesThanTheLimit() async throws {
        try await withTemporaryFolder { folder in
            let long = await output(limit: 7, of: ["12345", "67890", "more"], folder: folder)
            let path = try #require(try await long.endFile()?.get())
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "1234567890more")
        }
        let short = await output(limit: 10, of: ["12345"]).endFile()
        #expect(short == nil)
        let nowhere = await output(limit: 1, of: ["12345"])
        let end = await nowhere.endFile()
        #expect(throws: OutputProblem.self) { try end?.get() }
    }

    @Test func lineEndsAtTheEndAreDropped() async {
        #expect(await output(limit: 100, of: ["a\n\nb\r\n", "\n"]).text == "a\n\nb")
        #expect(await output(limit: 100, of: ["\n"]).text.isEmpty)
        #expect(await output(limit: 100, of: []).text.isEmpty)
    }
}
