import Foundation

extension Scenario {
    /// How often the conversation with one distant device changes direction.
    static let roundTrips = Scenario(
        name: "round-trips", title: "one device behind 50 ms of round-trip time"
    ) { bench, report in
        try Lab.with(bench) { lab in
            let proxy = try DelayProxy(bench, to: lab.port, milliseconds: 25)
            defer { proxy.stop() }
            let fleet = try Fleet(1, port: proxy.port, in: bench.scratch)
            _ = try bench.runMuster(fleet, fanout: 1)
            _ = try proxy.nextTurns()
            var muster: [(outcome: Outcome, turns: Int)] = []
            var bare: [(outcome: Outcome, turns: Int)] = []
            for _ in 0..<bench.options.rounds {
                muster.append((try bench.runMuster(fleet, fanout: 1), try proxy.nextTurns()))
                if let outcome = try bench.runBareLoop(fleet, fanout: 1) { bare.append((outcome, try proxy.nextTurns())) }
            }
            report.complain(about: (muster + bare).map(\.outcome))

            report.table = [["", "turns", "wall"]]
            for (name, runs) in [("muster", muster), ("bare C loop", bare)] where !runs.isEmpty {
                let turns = runs.map(\.turns)
                let range = turns.min() == turns.max() ? "\(turns[0])" : "\(turns.min() ?? 0)-\(turns.max() ?? 0)"
                report.table.append([name, range, "\(Report.number(runs.map(\.outcome.wall).median)) s"])
            }
            report.figures.append(
                Figure(name: "direction turns, median", value: muster.map { Double($0.turns) }.median, unit: "", limit: 11))
            report.figures.append(Figure(name: "wall", value: muster.map(\.outcome.wall).median, unit: "s"))
        }
    }
}

/// The proxy that delays and counts, running.
private final class DelayProxy {
    let port: Int
    private let program: Background
    private let log: URL
    private var seen = 1

    init(_ bench: Bench, to devicePort: Int, milliseconds: Int) throws {
        let log = bench.scratch.appending(path: "proxy.log")
        self.log = log
        program = try Background(
            bench.options.peers.appending(path: "delay-proxy"), ["0", "\(devicePort)", "\(milliseconds)"], log: log)
        do {
            try Bench.wait(upTo: .seconds(5), for: "the proxy's start") { try Self.lines(log).count >= 1 }
            port = try JSONDecoder().decode(Port.self, from: Data(Self.lines(log)[0].utf8)).port
        } catch {
            program.stop()
            throw error
        }
    }

    /// The turns of the next connection that ended; each connection counts once.
    func nextTurns() throws -> Int {
        try Bench.wait(upTo: .seconds(5), for: "the end of a connection through the proxy") { try Self.lines(log).count > seen }
        defer { seen += 1 }
        return try JSONDecoder().decode(Turns.self, from: Data(Self.lines(log)[seen].utf8)).turns
    }

    func stop() { program.stop() }

    /// The whole lines that it has printed.
    private static func lines(_ log: URL) throws -> [Substring] {
        let text = try String(contentsOf: log, encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private struct Port: Decodable {
        let port: Int
    }
    private struct Turns: Decodable {
        let turns: Int
    }
}
