extension Scenario {
    /// What it costs to reach devices through another machine.
    static let bastion = Scenario(
        name: "bastion",
        title: "500 devices, 64 at once: directly, behind one bastion, and behind one that the system's ssh is logged in to"
    ) { bench, report in
        try Lab.with(bench) { lab in
            // As many at once as a bastion carries: the way is to make the difference.
            let fanout = 64
            let fleets = [
                ("directly", try Fleet(500, port: lab.port, in: bench.scratch)),
                ("behind a bastion", try Fleet(500, port: lab.port, in: bench.scratch, name: "-behind", bastion: "transport: ssh")),
                ("behind ssh", try Fleet(500, port: lab.port, in: bench.scratch, name: "-openssh", bastion: "transport: openssh")),
            ]
            func run(_ fleet: Fleet) throws -> Outcome {
                try bench.runMuster(fleet, fanout: fanout, more: ["-w", "bench-[1-\(fleet.count)]"])
            }
            // These do not count: they fill the files of known host keys.
            for (_, fleet) in fleets { _ = try run(fleet) }
            var runs = fleets.map { _ in [Outcome]() }
            for _ in 0..<bench.options.rounds {
                for (index, (_, fleet)) in fleets.enumerated() { runs[index].append(try run(fleet)) }
            }
            report.complain(about: runs.flatMap { $0 })
            report.table = [["", "ok", "wall", "CPU", "CPU per device"]]
            for ((name, fleet), outcomes) in zip(fleets, runs) {
                let cpu = outcomes.map(\.cpu).median
                report.table.append([
                    name, "\(outcomes.map(\.succeeded).min() ?? 0)", "\(Report.number(outcomes.map(\.wall).median)) s",
                    "\(Report.number(cpu)) s", "\(Report.number(cpu * 1000 / Double(fleet.count))) ms",
                ])
            }
            // Of the rounds' own ratios the middle one: what else the machine does changes from one to the next.
            func ratio(_ index: Int) -> Double { zip(runs[index], runs[0]).map { $0.cpu / $1.cpu }.median }
            report.figures.append(Figure(name: "CPU, behind a bastion to directly", value: ratio(1), unit: "x", limit: 1.5))
            report.figures.append(Figure(name: "CPU, behind ssh to directly", value: ratio(2), unit: "x"))
        }
    }
}
