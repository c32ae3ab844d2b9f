import Foundation

extension Scenario {
    /// How long nothing takes: what a person or a script waits for before any device is asked.
    static let startUp = Scenario(
        name: "start-up", title: "muster --help, and an inventory with a mistake, 20 runs each"
    ) { bench, report in
        let inventory = bench.scratch.appending(path: "mistaken.yaml")
        try Data("hosts: {r1: {adress: 192.0.2.1}}\n".utf8).write(to: inventory)
        let cases = [
            ("--help", ["--help"], 0),
            ("inventory error", ["run", "show version", "-i", inventory.path], 65),
        ]
        report.table = [["", "exit status", "wall", "CPU", "peak memory"]]
        for (name, arguments, expected) in cases {
            let runs = try (0..<20).map { _ in try bench.measure(bench.muster, arguments) }
            if let odd = runs.first(where: { $0.cost.exit != expected }) {
                report.problems.append("\(name): exit status \(odd.cost.exit), \(expected) expected. \(odd.complaint)")
            }
            let wall = runs.map { $0.cost.wall * 1000 }.median
            report.table.append([
                name, "\(runs[0].cost.exit)", "\(Report.number(wall)) ms", "\(Report.number(runs.map { $0.cost.cpu * 1000 }.median)) ms",
                "\(Report.number(runs.map { Double($0.cost.peakKilobytes) / 1024 }.median)) MB",
            ])
            report.figures.append(Figure(name: "\(name), wall", value: wall, unit: "ms", limit: 30))
        }
    }
}
