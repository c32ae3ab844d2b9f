import Foundation

extension Scenario {
    /// Output that is longer than what is kept in memory, compared with `ssh` where there is one.
    static let longOutput = Scenario(
        name: "long-output", title: "one device that prints 50 and 200 MB, which go to a file, and 50 MB through ssh"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let fleet = try Fleet(1, port: lab.port, in: bench.scratch)
            let folder = bench.scratch.appending(path: "outputs")
            func run(_ megabytes: Int) throws -> Outcome {
                defer { try? FileManager.default.removeItem(at: folder) }
                let outcome = try bench.runMuster(
                    fleet, "lab huge \(megabytes)000000", fanout: 1, outputBytes: 16 << 20, isWhole: false,
                    more: ["-t", "2m", "--spill-dir", folder.path])
                let file = folder.appending(path: "bench-1.txt")
                let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
                // Of each line's two end bytes one is kept, and of the last line none.
                let whole = megabytes * 1_000_000 / 80 * 79 - 1
                if size != whole { report.problems.append("the file of \(megabytes) MB has \(size) bytes, \(whole) expected") }
                return outcome
            }
            _ = try bench.runMuster(fleet, "show clock", fanout: 1)
            let ssh = try SSHClient(bench, port: lab.port)
            var short: [Outcome] = []
            var long: [Outcome] = []
            var piped: [Double] = []
            for _ in 0..<bench.options.rounds {
                short.append(try run(50))
                if let wall = try ssh?.wall(of: "lab huge 50000000", printing: 50_000_000) { piped.append(wall) }
                long.append(try run(200))
            }
            report.complain(about: short + long)
            report.table = [["client", "output", "wall", "CPU", "peak memory"]]
            for (output, runs) in [("50 MB", short), ("200 MB", long)] {
                report.table.append([
                    "muster", output, "\(Report.number(runs.map(\.wall).median)) s", "\(Report.number(runs.map(\.cpu).median)) s",
                    "\(Report.number(runs.map { Double($0.peakKilobytes) / 1024 }.median)) MB",
                ])
            }
            let memory = long.map { Double($0.peakKilobytes) }.median / short.map { Double($0.peakKilobytes) }.median
            report.figures.append(Figure(name: "memory at 200 MB to that at 50 MB", value: memory, unit: "x", limit: 1.1))
            guard !piped.isEmpty else { return }
            report.table.append(["ssh", "50 MB", "\(Report.number(piped.median)) s", "", ""])
            report.figures.append(Figure(name: "wall to ssh's, 50 MB", value: short.map(\.wall).median / piped.median, unit: "x", limit: 2))
        }
    }
}

/// The system's ssh, with a key that the lab takes.
private struct SSHClient {
    let bench: Bench
    let arguments: [String]
    let program: URL

    /// Nil where there is no ssh.
    init?(_ bench: Bench, port: Int) throws {
        let folder = URL(fileURLWithPath: "/usr/bin")
        let key = bench.scratch.appending(path: "key")
        program = folder.appending(path: "ssh")
        let maker = folder.appending(path: "ssh-keygen")
        guard [program, maker].allSatisfy({ FileManager.default.isExecutableFile(atPath: $0.path) }) else { return nil }
        guard try bench.measure(maker, ["-q", "-t", "ed25519", "-N", "", "-f", key.path]).cost.exit == 0 else { return nil }
        self.bench = bench
        arguments = [
            "-q", "-F", "none", "-i", key.path, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-p", "\(port)", "admin@127.20.0.1",
        ]
    }

    /// The time of one command; nil when not all came.
    func wall(of command: String, printing bytes: Int) throws -> Double? {
        let measured = try bench.measure(program, arguments + [command])
        let size = try FileManager.default.attributesOfItem(atPath: measured.output.path)[.size] as? Int ?? 0
        return size >= bytes ? measured.cost.wall : nil
    }
}
