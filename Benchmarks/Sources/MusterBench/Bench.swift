import Foundation

/// What every scenario works with: the programs, a folder for files, and how to run things.
struct Bench {
    let options: Options
    /// A folder that is removed at the end.
    let scratch: URL

    /// After so long, a run is not slow but stuck, and is killed.
    private static let secondsForOneRun = 120

    var muster: URL { options.binaries.appending(path: "muster") }

    /// Says what goes on now, on standard error.
    func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// Runs a program to its end and tells what it cost.
    ///
    /// - Parameters:
    ///   - program: The executable.
    ///   - arguments: Its arguments.
    ///   - input: The file that it reads; nothing when nil.
    func measure(_ program: URL, _ arguments: [String], input: URL? = nil) throws -> Measured {
        let output = scratch.appending(path: "output")
        let errors = scratch.appending(path: "errors")
        let process = Process()
        let answer = Pipe()
        process.executableURL = options.peers.appending(path: "measured")
        process.arguments = ["\(Self.secondsForOneRun)", output.path, errors.path, program.path] + arguments
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = answer
        try process.run()
        let text = try Background.whileRegistered(process.processIdentifier) {
            let text = try answer.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return text
        }
        guard process.terminationStatus == 0, let cost = try? JSONDecoder().decode(Cost.self, from: text) else {
            throw BenchError.failed("\(program.lastPathComponent) could not be run")
        }
        return Measured(cost: cost, output: output, errors: errors)
    }

    /// Checks that the programs are there.
    func requirePrograms() throws {
        for (folder, names) in [(options.binaries, ["muster", "muster-lab"]), (options.peers, ["bare-loop", "delay-proxy", "measured"])] {
            for name in names where !FileManager.default.isExecutableFile(atPath: folder.appending(path: name).path) {
                throw BenchError.failed("\(folder.appending(path: name).path) is missing. `make bench` builds it.")
            }
        }
    }

    /// Waits until a condition holds.
    static func wait(upTo limit: Duration, for what: String, _ condition: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + limit
        while try !condition() {
            guard ContinuousClock.now < deadline else { throw BenchError.failed("\(what): not within \(limit)") }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }
}

/// What a program cost, its children included.
struct Cost: Decodable {
    let exit: Int
    let wall: Double
    let cpu: Double
    let peakKilobytes: Int

    enum CodingKeys: String, CodingKey {
        case exit
        case wall = "wall_s"
        case cpu = "cpu_s"
        case peakKilobytes = "peak_rss_kb"
    }
}

/// A program that has run.
struct Measured {
    let cost: Cost
    /// What it wrote to standard output, until the next one runs.
    let output: URL
    /// What it wrote to standard error, until the next one runs.
    let errors: URL

    /// The first lines of standard error, for messages.
    var complaint: String {
        let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").prefix(3).joined(separator: " / ")
    }
}
