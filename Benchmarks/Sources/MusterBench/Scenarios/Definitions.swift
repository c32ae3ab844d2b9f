import Foundation

extension Scenario {
    /// What platform definitions cost: each run reads those of its devices.
    static let definitions = Scenario(
        name: "definitions", title: "1 and 101 definitions from files, and the list of all that are built in, 9 runs each"
    ) { bench, report in
        // The largest that is built in, read from a file as one of the user's own would be.
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let path = "../../../../Sources/MusterConsole/Platforms/juniper_junos.yaml"
        let definition = try Data(contentsOf: folder.appending(path: path).standardizedFileURL)
        let files = try (0...100).map { number in
            let file = bench.scratch.appending(path: "definition-\(number).yaml")
            try definition.write(to: file)
            return file.path
        }
        let cases: [(name: String, arguments: [String])] = [
            ("1 definition", ["platforms", "test", files[0]]), ("101 definitions", ["platforms", "test"] + files),
            ("platforms list", ["platforms", "list"]),
        ]
        report.table = [["", "wall", "CPU", "peak memory"]]
        var walls: [Double] = []
        var processor: [Double] = []
        for (name, arguments) in cases {
            let runs = try (0..<9).map { _ in try bench.measure(bench.muster, arguments) }
            if let odd = runs.first(where: { $0.cost.exit != 0 }) {
                report.problems.append("\(name): exit status \(odd.cost.exit), 0 expected. \(odd.complaint)")
            }
            walls.append(runs.map { $0.cost.wall * 1000 }.median)
            processor.append(runs.map { $0.cost.cpu * 1000 }.median)
            report.table.append([
                name, "\(Report.number(walls[walls.count - 1])) ms", "\(Report.number(processor[processor.count - 1])) ms",
                "\(Report.number(runs.map { Double($0.cost.peakKilobytes) / 1024 }.median)) MB",
            ])
        }
        // Reading it, compiling its expressions and putting its own tests to them.
        report.figures.append(Figure(name: "one definition more, CPU", value: (processor[1] - processor[0]) / 100, unit: "ms", limit: 5))
        report.figures.append(Figure(name: "list of all platforms, wall", value: walls[2], unit: "ms", limit: 100))
    }
}
