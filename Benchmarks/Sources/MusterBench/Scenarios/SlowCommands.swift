extension Scenario {
    /// Devices that take their time: waiting must cost next to nothing.
    static let slowCommands = Scenario(
        name: "slow-commands", title: "1,000 devices, all at once, whose command takes 1 s"
    ) { bench, report in
        let devices = 1000
        guard OpenFiles.limit >= devices + 200 else {
            report.problems.append(
                "needs \(devices + 200) open files, and the limit is \(OpenFiles.limit); raise the hard limit (ulimit -Hn)")
            return
        }
        try Lab.with(bench) { lab in
            let fleet = try Fleet(devices, port: lab.port, in: bench.scratch)
            _ = try bench.runMuster(fleet, fanout: devices)
            let runs = try (0..<bench.options.rounds).map { _ in
                try bench.runMuster(fleet, "lab sleep 1s", fanout: devices, outputBytes: 0)
            }
            report.complain(about: runs)
            report.table = comparison(runs, [], devices: devices)
            // The command's own second, and 3 ms for each device.
            report.figures.append(Figure(name: "wall", value: runs.map(\.wall).median, unit: "s", limit: 4))
        }
    }
}
