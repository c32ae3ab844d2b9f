extension Scenario {
    /// Thousands of sessions at the same time.
    static let manySessions = Scenario(
        name: "many-sessions", title: "2,000 devices, all at once"
    ) { bench, report in
        let devices = 2000
        guard OpenFiles.limit >= devices + 200 else {
            report.problems.append(
                "needs \(devices + 200) open files, and the limit is \(OpenFiles.limit); raise the hard limit (ulimit -Hn)")
            return
        }
        try Lab.with(bench) { lab in
            let fleet = try Fleet(devices, port: lab.port, in: bench.scratch)
            let (muster, bare) = try alternate(bench, fleet, fanout: devices)
            report.complain(about: muster + bare)
            report.table = comparison(muster, bare, devices: devices)

            let missing = muster.map { Double(devices - $0.succeeded) }.max() ?? Double(devices)
            report.figures.append(Figure(name: "devices without a result", value: missing, unit: "", limit: 0))
            let memory = muster.map { Double($0.peakKilobytes) / Double(devices) }.median
            report.figures.append(Figure(name: "peak memory per session", value: memory, unit: "KB", limit: 120))
        }
    }
}
