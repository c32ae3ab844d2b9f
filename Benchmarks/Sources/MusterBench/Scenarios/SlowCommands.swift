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
        try Lab.with(bench, ["--latency", "1s"]) { lab in
            let fleet = try Fleet(devices, port: lab.port, in: bench.scratch)
            let (muster, bare) = try alternate(bench, fleet, fanout: devices)
            report.complain(about: muster + bare)
            report.table = comparison(muster, bare, devices: devices)
            // The command's own second, and 3 ms for each device.
            report.figures.append(Figure(name: "wall", value: muster.map(\.wall).median, unit: "s", limit: 4))
        }
    }
}
