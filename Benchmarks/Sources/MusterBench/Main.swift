import Foundation

/// Measures Muster beside its peers and against its targets.
@main
enum MusterBench {
    static func main() {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            exit(try run(options))
        } catch {
            FileHandle.standardError.write(Data("muster-bench: \(error)\n".utf8))
            if case BenchError.usage = error {
                FileHandle.standardError.write(Data(Options.usage.utf8))
                exit(64)
            }
            exit(1)
        }
    }

    private static func run(_ options: Options) throws -> Int32 {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "muster-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let signals = Background.stopAllOnSignals(removing: scratch)
        defer { signals.forEach { $0.cancel() } }

        let bench = Bench(options: options, scratch: scratch)
        try bench.requirePrograms()
        OpenFiles.raise()

        var reports: [Report] = []
        for scenario in Scenarios.all where options.only.isEmpty || options.only.contains(scenario.name) {
            bench.say("Measuring \(scenario.name) ...")
            var report = Report()
            do {
                try scenario.measure(bench, &report)
            } catch {
                report.problems.append("\(error)")
            }
            report.scenario = scenario.name
            print(report.text(title: "\(scenario.name): \(scenario.title)"))
            reports.append(report)
        }
        if let json = options.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(reports).write(to: json)
        }

        let missed = reports.flatMap(\.figures).filter { $0.verdict == .missed }
        let problems = reports.flatMap(\.problems)
        print(missed.isEmpty ? "No target missed." : "Missed: \(missed.map(\.name).joined(separator: "; "))")
        if !problems.isEmpty { print("\(problems.count) problems, see above: what they concern was not measured properly.") }
        return problems.isEmpty && (missed.isEmpty || !options.strict) ? 0 : 1
    }
}
