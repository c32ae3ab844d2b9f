import Foundation

/// What the runner was asked to do.
struct Options {
    /// The folder that holds `muster` and `muster-lab`.
    var binaries = URL(filePath: ".build/release")
    /// The folder that holds the peers: `bare-loop`, `delay-proxy` and `measured`.
    var peers = URL(filePath: "Benchmarks/.build/release")
    /// How often each side of a comparison runs.
    var rounds = 5
    /// The names of the scenarios to run; all when empty.
    var only: Set<String> = []
    /// Where the figures go as JSON.
    var json: URL?
    /// Whether a missed target fails the run.
    var strict = false

    static let usage = """
        usage: muster-bench [--binaries FOLDER] [--peers FOLDER] [--rounds N] [--only NAME,NAME] [--json PATH] [--strict]

          --binaries FOLDER  holds muster and muster-lab (.build/release)
          --peers FOLDER     holds bare-loop, delay-proxy and measured (Benchmarks/.build/release)
          --rounds N         how often each side of a comparison runs (5)
          --only NAMES       some of: \(Scenarios.all.map(\.name).joined(separator: ", "))
          --json PATH        writes the figures to a file, too
          --strict           exit status 1 when a target is missed

        """

    /// Reads the arguments that follow the program's name.
    init(_ arguments: [String]) throws(BenchError) {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "--strict": strict = true
            case "--binaries": binaries = URL(filePath: try Self.value(of: flag, &rest))
            case "--peers": peers = URL(filePath: try Self.value(of: flag, &rest))
            case "--json": json = URL(filePath: try Self.value(of: flag, &rest))
            case "--rounds":
                guard let count = Int(try Self.value(of: flag, &rest)), count > 0 else { throw .usage("--rounds takes a number above 0") }
                rounds = count
            case "--only":
                only = Set(try Self.value(of: flag, &rest).split(separator: ",").map(String.init))
                if let unknown = only.subtracting(Scenarios.all.map(\.name)).min() { throw .usage("no scenario is called \(unknown)") }
            default: throw .usage("unknown argument \(flag)")
            }
        }
    }

    private static func value(of flag: String, _ rest: inout ArraySlice<String>) throws(BenchError) -> String {
        guard let value = rest.popFirst() else { throw .usage("\(flag) needs a value") }
        return value
    }
}

/// Why the runner can't go on.
enum BenchError: Error, CustomStringConvertible {
    case usage(String)
    case failed(String)

    var description: String {
        switch self {
        case .usage(let text), .failed(let text): text
        }
    }
}
