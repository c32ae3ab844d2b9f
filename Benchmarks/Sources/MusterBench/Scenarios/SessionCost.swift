extension Scenario {
    /// What a device costs, beside what the engine alone costs.
    static let sessionCost = Scenario(
        name: "session-cost", title: "500 devices, 100 at once: log in, show version, log out; Muster beside a bare C loop on libssh2"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let fleet = try Fleet(500, port: lab.port, in: bench.scratch)
            let (muster, bare) = try alternate(bench, fleet, fanout: 100)
            report.complain(about: muster + bare)
            report.table = comparison(muster, bare, devices: fleet.count)

            let cpu = muster.map(\.cpu).median * 1000 / Double(fleet.count)
            report.figures.append(Figure(name: "CPU per device", value: cpu, unit: "ms"))
            if !bare.isEmpty {
                let ratio = muster.map(\.cpu).median / bare.map(\.cpu).median
                report.figures.append(Figure(name: "CPU per device, Muster to C", value: ratio, unit: "x", limit: 1.5))
            }
            report.figures.append(Figure(name: "wall", value: muster.map(\.wall).median, unit: "s"))
            report.figures.append(Figure(name: "peak memory", value: muster.map { Double($0.peakKilobytes) / 1024 }.median, unit: "MB"))
        }
    }

    /// Runs both clients in turns, after one run of Muster that does not count: it fills the file of known host keys.
    static func alternate(_ bench: Bench, _ fleet: Fleet, fanout: Int) throws -> (muster: [Outcome], bare: [Outcome]) {
        var muster: [Outcome] = []
        var bare: [Outcome] = []
        _ = try bench.runMuster(fleet, fanout: fanout)
        for _ in 0..<bench.options.rounds {
            muster.append(try bench.runMuster(fleet, fanout: fanout))
            if let outcome = try bench.runBareLoop(fleet, fanout: fanout) { bare.append(outcome) }
        }
        return (muster, bare)
    }

    /// A table of medians.
    static func comparison(_ muster: [Outcome], _ bare: [Outcome], devices: Int) -> [[String]] {
        let head = ["", "ok", "wall", "CPU", "CPU per device", "peak memory"]
        let rows = [("muster", muster), ("bare C loop", bare)].filter { !$0.1.isEmpty }
        return [head]
            + rows.map { name, outcomes in
                let cpu = outcomes.map(\.cpu).median
                return [
                    name, "\(outcomes.map(\.succeeded).min() ?? 0)", "\(Report.number(outcomes.map(\.wall).median)) s",
                    "\(Report.number(cpu)) s", "\(Report.number(cpu * 1000 / Double(devices))) ms",
                    "\(Report.number(outcomes.map { Double($0.peakKilobytes) / 1024 }.median)) MB",
                ]
            }
    }
}
