extension Scenario {
    /// Whether a long output costs more for each byte than a short one.
    static let bulkOutput = Scenario(
        name: "bulk-output", title: "one device that prints 1, 5, 15 and 45 MB in one command"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let fleet = try Fleet(1, port: lab.port, in: bench.scratch)
            var cpuPerMegabyte: [Double] = []
            report.table = [["output", "wall", "CPU", "wall per MB", "CPU per MB", "peak memory"]]
            for megabytes in [1, 5, 15, 45] {
                let bytes = megabytes * 1_000_000
                // The device sends lines of 80 bytes that end in two, of which Muster keeps one.
                let kept = bytes - bytes / 80 - 1
                let runs = try (0..<bench.options.rounds).map { _ in
                    try bench.runMuster(fleet, "lab huge \(bytes)", fanout: 1, outputBytes: kept, more: ["--output-limit", "64M"])
                }
                report.complain(about: runs)
                let wall = runs.map(\.wall).median
                let cpu = runs.map(\.cpu).median
                cpuPerMegabyte.append(cpu * 1000 / Double(megabytes))
                report.table.append([
                    "\(megabytes) MB", "\(Report.number(wall)) s", "\(Report.number(cpu)) s",
                    "\(Report.number(wall * 1000 / Double(megabytes))) ms", "\(Report.number(cpu * 1000 / Double(megabytes))) ms",
                    "\(Report.number(runs.map { Double($0.peakKilobytes) / 1024 }.median)) MB",
                ])
            }
            // 1 and 5 MB carry the login's cost with them; from 15 to 45 MB only the output grows.
            let growth = cpuPerMegabyte[3] / cpuPerMegabyte[2]
            report.figures.append(Figure(name: "CPU per MB at 45 MB to that at 15 MB", value: growth, unit: "x", limit: 1.2))
        }
    }
}
