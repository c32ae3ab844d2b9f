import Foundation

extension Scenario {
    /// What a command costs in a session that is open.
    static let manyCommands = Scenario(
        name: "many-commands", title: "one device that is asked 1 and 1,001 commands in one session"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let fleet = try Fleet(1, port: lab.port, in: bench.scratch)
            let file = bench.scratch.appending(path: "commands")
            try Data(String(repeating: "show clock\n", count: 1000).utf8).write(to: file)
            _ = try bench.runMuster(fleet, "show clock", fanout: 1)
            var few: [Outcome] = []
            var many: [Outcome] = []
            for _ in 0..<bench.options.rounds {
                few.append(try bench.runMuster(fleet, "show clock", fanout: 1))
                // A line of the clock has more than 30 bytes.
                many.append(
                    try bench.runMuster(fleet, "show clock", fanout: 1, outputBytes: 1001 * 30, more: ["--commands-file", file.path]))
            }
            report.complain(about: few + many)
            report.table = [["commands", "wall", "CPU", "peak memory"]]
            for (name, runs) in [("1", few), ("1,001", many)] {
                report.table.append([
                    name, "\(Report.number(runs.map(\.wall).median)) s", "\(Report.number(runs.map(\.cpu).median)) s",
                    "\(Report.number(runs.map { Double($0.peakKilobytes) / 1024 }.median)) MB",
                ])
            }
            // 1,000 commands more: seconds of difference are milliseconds for each.
            report.figures.append(
                Figure(name: "CPU per command", value: many.map(\.cpu).median - few.map(\.cpu).median, unit: "ms", limit: 0.25))
        }
    }
}
