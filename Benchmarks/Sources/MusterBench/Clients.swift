import Foundation

/// One run of one client against a fleet.
struct Outcome {
    let succeeded: Int
    let wall: Double
    let cpu: Double
    let peakKilobytes: Int
    /// What went wrong, for people.
    var complaints: [String] = []
}

extension Bench {
    /// Runs Muster on all devices of a fleet and counts its results.
    ///
    /// - Parameters:
    ///   - fleet: The devices.
    ///   - command: What every device is asked.
    ///   - fanout: How many at once.
    ///   - outputBytes: At least so many bytes have to come back from each.
    ///   - isWhole: Whether the result has to have all of the output, and not its beginning and a file.
    ///   - more: Further options.
    func runMuster(
        _ fleet: Fleet, _ command: String = "show version", fanout: Int, outputBytes: Int = 1, isWhole: Bool = true, more: [String] = []
    ) throws -> Outcome {
        let measured = try measure(
            muster,
            [
                "run", command, "-i", fleet.inventory.path, "--known-hosts", fleet.knownHosts.path, "-o", "jsonl", "--no-progress",
                "-f", "\(fanout)",
            ] + more)
        var hosts: Set<String> = []
        var succeeded = 0
        var complaints: [String] = []
        let lines = try Data(contentsOf: measured.output).split(separator: UInt8(ascii: "\n"))
        for line in lines {
            let result = try JSONDecoder().decode(DeviceLine.self, from: line)
            hosts.insert(result.host)
            let bytes = result.commands.reduce(0) { $0 + $1.output.utf8.count }
            let whole = bytes >= outputBytes && !(isWhole && result.commands.contains(where: \.truncated))
            if result.status == "ok" && whole {
                succeeded += 1
            } else if complaints.count < 3 {
                complaints.append(
                    "\(result.host): \(result.status), \(bytes) bytes, \(outputBytes) expected. \(result.error?.message ?? "")")
            }
        }
        if lines.count != fleet.count || hosts.count != fleet.count {
            complaints.append("\(lines.count) results of \(hosts.count) devices, \(fleet.count) expected")
        }
        if measured.cost.exit != 0 { complaints.append("muster: exit status \(measured.cost.exit). \(measured.complaint)") }
        return Outcome(
            succeeded: succeeded, wall: measured.cost.wall, cpu: measured.cost.cpu, peakKilobytes: measured.cost.peakKilobytes,
            complaints: complaints)
    }

    /// Runs the bare loop on all devices of a fleet; nil where it does not run.
    func runBareLoop(_ fleet: Fleet, fanout: Int) throws -> Outcome? {
        let measured = try measure(
            options.peers.appending(path: "bare-loop"), ["\(fleet.port)", "\(fanout)"], input: fleet.addresses)
        if measured.cost.exit == 69 { return nil }
        guard let told = try? JSONDecoder().decode(BareLoopLine.self, from: Data(contentsOf: measured.output)) else {
            throw BenchError.failed("bare loop: exit status \(measured.cost.exit) after \(measured.cost.wall) s. \(measured.complaint)")
        }
        let complaints = told.ok == fleet.count ? [] : ["bare loop: \(told.ok) of \(fleet.count). \(measured.complaint)"]
        return Outcome(
            succeeded: told.ok, wall: measured.cost.wall, cpu: measured.cost.cpu, peakKilobytes: measured.cost.peakKilobytes,
            complaints: complaints)
    }
}

/// What is read of a line of `muster run -o jsonl`.
private struct DeviceLine: Decodable {
    struct Command: Decodable {
        let output: String
        let truncated: Bool
    }
    struct Failure: Decodable {
        let message: String
    }
    let host: String
    let status: String
    let commands: [Command]
    let error: Failure?
}

private struct BareLoopLine: Decodable {
    let ok: Int
}
