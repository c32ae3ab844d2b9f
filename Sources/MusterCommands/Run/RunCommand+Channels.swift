import Muster
import MusterConsole
import MusterInventory

extension RunCommand {
    /// Refuses exec channels where some device can't have them, as far as that is known before a connection is made.
    func checkChannels(for hosts: [InventoryHost], in platforms: PlatformDefinitions) throws {
        // A mode is entered in a shell, whatever else is asked for.
        guard modeName == nil else { return }
        var reasons: [(message: String, hint: String, hosts: [String])] = []
        for host in hosts where host.channel == .exec {
            guard let platform = platforms.library.platform(named: host.platform ?? "generic"),
                let reason = platform.reasonAgainstExec(isTelnet: host.transport == .telnet)
            else { continue }
            let place = reasons.firstIndex { $0.message == reason.message } ?? reasons.count
            if place == reasons.count { reasons.append((reason.message, reason.hint, [])) }
            reasons[place].hosts.append(host.name.oneLine)
        }
        guard !reasons.isEmpty else { return }
        let lines = reasons.map { reason in
            let shown = reason.hosts.prefix(5).joined(separator: ", ")
            let more = reason.hosts.count > 5 ? " and \(reason.hosts.count - 5) more" : ""
            return "\(shown)\(more) can't have exec channels: \(reason.message); \(reason.hint)"
        }
        throw CommandFailure.usage(lines.joined(separator: "\n"))
    }
}
