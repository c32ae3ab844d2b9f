import MusterConsole
import MusterRendering

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension PlatformsTestCommand {
    /// A recording that was put to a definition.
    private struct Trial {
        var file: String
        var platform: String
        var check: RecordingCheck
    }

    /// Puts each recording to the definitions that are named, or to its own platform's.
    func testRecordings(in surroundings: Surroundings) throws -> Int32 {
        let chosen = choice.paths.isEmpty ? [] : try choice.definitions(in: surroundings)
        let problems = chosen.filter { $0.platform == nil }.flatMap(\.problems)
        guard problems.isEmpty else { throw CommandFailure.badDefinitions(problems) }
        var library = try PlatformSources(surroundings).library()
        var trials: [Trial] = []
        for file in try files() {
            let recording = try Recording(file: file, in: surroundings)
            let platforms = chosen.isEmpty ? [try platform(of: recording, &library)] : chosen.compactMap(\.platform)
            for platform in platforms {
                trials.append(Trial(file: file, platform: platform.name, check: RecordingCheck(recording, platform: platform)))
            }
        }
        let palette = Palettes(choice: color, surroundings).output
        try surroundings.output.write(Array((output == .json ? json(of: trials) : report(of: trials, palette)).utf8))
        return trials.allSatisfy(\.check.hasPassed) ? ExitStatus.success : ExitStatus.rejected
    }

    /// The files that are named, and those of the folders.
    private func files() throws -> [String] {
        try recording.flatMap { path -> [String] in
            guard path != "-", isFolder(path) else { return [path] }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            let files = names.filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }.sorted().map { "\(path)/\($0)" }
            guard !files.isEmpty else {
                throw CommandFailure.badData("\(path.oneLine): no recording in it; expected files that end in .jsonl")
            }
            return files
        }
    }

    private func platform(of recording: Recording, _ library: inout PlatformLibrary) throws -> Platform {
        let name = recording.platform
        do {
            try library.load([name])
        } catch {
            throw CommandFailure.badDefinitions(error.problems)
        }
        guard let platform = library.platform(named: name) else { throw PlatformSources.unknown(name, library) }
        return platform
    }

    private func report(of trials: [Trial], _ palette: Palette) -> String {
        var text = ""
        for trial in trials {
            for difference in trial.check.differences {
                text += "\(palette.red("differs")) \(trial.file.oneLine):\(difference.line): \(trial.platform): \(difference.what)\n"
                text += "    expected \(difference.expected)\n    seen     \(difference.seen)\n"
            }
            if let line = trial.check.endedAt {
                text += "\(palette.yellow("ended")) \(trial.file.oneLine):\(line): what comes after that was not compared\n"
            }
        }
        let commands = trials.reduce(0) { $0 + $1.check.commands }
        let passed = trials.count { $0.check.hasPassed }
        text += "\(counted(trials.count, "recording", "recordings")), \(counted(commands, "command", "commands")): "
        return text + "\(passed) passed, \(trials.count - passed) failed\n"
    }

    private func json(of trials: [Trial]) -> String {
        JSONList(lines: false).text(of: trials) { json, trial in
            json.member("file", trial.file)
            json.member("platform", trial.platform)
            json.member("commands", trial.check.commands)
            json.key("ended_at")
            if let line = trial.check.endedAt { json.number(line) } else { json.null() }
            json.key("differences")
            json.array(trial.check.differences) { json, difference in
                json.object { json in
                    json.member("line", difference.line)
                    json.member("what", difference.what)
                    json.member("expected", difference.expected)
                    json.member("seen", difference.seen)
                }
            }
        }
    }
}
