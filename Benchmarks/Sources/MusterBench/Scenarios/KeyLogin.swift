import Foundation

extension Scenario {
    /// What a key costs beside a password.
    static let keyLogin = Scenario(
        name: "key-login", title: "500 devices, 100 at once: log in by password, by an Ed25519 key, and by one with a passphrase"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let passphrase = "bench"
            let plain = try makeKey(bench, name: "key", passphrase: "")
            let encrypted = try makeKey(bench, name: "locked", passphrase: passphrase)
            let fleets = [
                ("password", try Fleet(500, port: lab.port, in: bench.scratch)),
                ("key", try Fleet(500, port: lab.port, in: bench.scratch, name: "-key", credential: "identity: \(plain)")),
                (
                    "key with a passphrase",
                    try Fleet(
                        500, port: lab.port, in: bench.scratch, name: "-locked",
                        credential: "identity: \(encrypted), passphrase: \(passphrase)")
                ),
            ]
            // These do not count: they fill the files of known host keys.
            for (_, fleet) in fleets { _ = try bench.runMuster(fleet, fanout: 100) }
            var runs = fleets.map { _ in [Outcome]() }
            for _ in 0..<bench.options.rounds {
                for (index, (_, fleet)) in fleets.enumerated() { runs[index].append(try bench.runMuster(fleet, fanout: 100)) }
            }
            report.complain(about: runs.flatMap { $0 })
            report.table = [["", "wall", "CPU", "CPU per device"]]
            for ((name, fleet), outcomes) in zip(fleets, runs) {
                let cpu = outcomes.map(\.cpu).median
                report.table.append([
                    name, "\(Report.number(outcomes.map(\.wall).median)) s", "\(Report.number(cpu)) s",
                    "\(Report.number(cpu * 1000 / Double(fleet.count))) ms",
                ])
            }
            let cpu = runs.map { $0.map(\.cpu).median }
            report.figures.append(Figure(name: "CPU, key to password", value: cpu[1] / cpu[0], unit: "x", limit: 1.3))
            report.figures.append(Figure(name: "CPU, key with a passphrase to password", value: cpu[2] / cpu[0], unit: "x"))
        }
    }

    /// Makes a key with ssh-keygen; its path.
    private static func makeKey(_ bench: Bench, name: String, passphrase: String) throws -> String {
        let path = bench.scratch.appending(path: name).path
        let keygen = Process()
        keygen.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        keygen.arguments = ["-q", "-t", "ed25519", "-N", passphrase, "-Z", "aes256-ctr", "-f", path]
        keygen.standardInput = FileHandle.nullDevice
        try keygen.run()
        keygen.waitUntilExit()
        guard keygen.terminationStatus == 0 else { throw BenchError.failed("ssh-keygen failed") }
        return path
    }
}
