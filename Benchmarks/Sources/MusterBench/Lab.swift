import Foundation

/// The simulated devices.
///
/// Every address in 127.0.0.0/8 is one, and each is an IOS-XE router.
struct Lab {
    let port: Int
    private let program: Background

    /// Starts the devices and returns when they answer.
    ///
    /// - Parameters:
    ///   - bench: Where the programs are.
    ///   - arguments: What the devices are to do beyond answering.
    init(_ bench: Bench, _ arguments: [String] = []) throws {
        let ready = bench.scratch.appending(path: "lab.ready")
        let log = bench.scratch.appending(path: "lab.log")
        try? FileManager.default.removeItem(at: ready)
        let lab = try Background(
            bench.options.binaries.appending(path: "muster-lab"), ["--port", "0", "--ready-file", ready.path] + arguments, log: log)
        program = lab
        do {
            // The lab writes the file in one go when it is ready.
            try Bench.wait(upTo: .seconds(15), for: "the simulated devices' start") {
                guard lab.isRunning else {
                    throw BenchError.failed("muster-lab ended: \((try? String(contentsOf: log, encoding: .utf8)) ?? "no log")")
                }
                return FileManager.default.fileExists(atPath: ready.path)
            }
            let text = try String(contentsOf: ready, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let port = Int(text) else { throw BenchError.failed("muster-lab's ready file: expected a port, found '\(text)'") }
            self.port = port
        } catch {
            lab.stop()
            throw error
        }
    }

    /// Runs a body with devices that answer.
    static func with<Result>(_ bench: Bench, _ arguments: [String] = [], _ body: (Lab) throws -> Result) throws -> Result {
        let lab = try Lab(bench, arguments)
        defer { lab.program.stop() }
        return try body(lab)
    }
}

/// A number of devices, as Muster and as the bare loop want them named.
struct Fleet {
    /// The name of the bastion of a fleet that has one.
    static let bastion = "gate"

    let count: Int
    let port: Int
    /// For Muster.
    let inventory: URL
    /// For the bare loop: one address a line.
    let addresses: URL
    /// For Muster; empty until it has run once.
    let knownHosts: URL

    /// Writes the files that name the first `count` devices of a lab.
    ///
    /// - Parameters:
    ///   - name: What tells the files apart from those of another fleet.
    ///   - credential: How Muster logs in, as fields of an inventory.
    ///   - bastion: What the inventory says of a further device, which all others are behind, beside its address.
    init(
        _ count: Int, port: Int, in folder: URL, name suffix: String = "", credential: String = "password: admin", bastion: String? = nil
    ) throws {
        self.count = count
        self.port = port
        let name = "fleet-\(count)-\(port)\(suffix)"
        inventory = folder.appending(path: "\(name).yaml")
        addresses = folder.appending(path: "\(name).addresses")
        knownHosts = folder.appending(path: "\(name).known_hosts")
        let list = (0..<count).map { "127.20.\($0 / 250).\($0 % 250 + 1)" }
        let groups = bastion == nil ? "" : ", groups: [behind]"
        let hosts = list.enumerated().map { "  bench-\($0.offset + 1): {address: \($0.element)\(groups)}" }
        var head = ["defaults: {user: admin, \(credential), platform: cisco_iosxe, port: \(port)}", "hosts:"]
        if let bastion {
            head.insert("groups: {behind: {jump: \(Self.bastion)}}", at: 1)
            head.append("  \(Self.bastion): {address: 127.21.0.1, \(bastion)}")
        }
        // For the owner's eyes only, as it holds a password: Muster warns otherwise.
        let text = (head + hosts).joined(separator: "\n") + "\n"
        _ = FileManager.default.createFile(atPath: inventory.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        try Data((list.joined(separator: "\n") + "\n").utf8).write(to: addresses)
    }
}
