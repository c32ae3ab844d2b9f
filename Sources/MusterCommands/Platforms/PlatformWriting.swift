import Muster
import MusterInventory

/// Writes what was found out into the files of the inventory.
struct PlatformWriting {
    private let findings: [PlatformFinding]
    private let asks: Bool
    private let notes: SurveyNotes

    init(_ findings: [PlatformFinding], asks: Bool, _ notes: SurveyNotes) {
        self.findings = findings.filter { $0.isCertain && $0.isNews }
        self.asks = asks
        self.notes = notes
    }

    /// Writes, file by file.
    ///
    /// - Returns: Whether all is written that there was to write.
    /// - Throws: `CommandFailure` where a file can't be read or written.
    func write() async throws -> Bool {
        var isComplete = true
        let files = Dictionary(grouping: findings) { $0.host.entryPosition?.file ?? "" }
        if files.isEmpty { notes.note("nothing to write") }
        for (path, findings) in files.sorted(by: { $0.key < $1.key }) {
            guard !path.isEmpty else {
                notes.note("\(findings.map(\.host.name).joined(separator: ", ")): in no file of the inventory")
                isComplete = false
                continue
            }
            let done = try await write(findings, to: path)
            isComplete = done && isComplete
        }
        return isComplete
    }

    private func write(_ findings: [PlatformFinding], to path: String) async throws -> Bool {
        do {
            let before = try InventoryFileEdit.read(path)
            let platforms = Dictionary(uniqueKeysWithValues: findings.map { ($0.host.name, $0.result.platform) })
            let edit = PlatformEdit(of: before, setting: platforms)
            for (host, reason) in edit.refused { notes.note("\(path): \(host) was left as it is: \(reason); edit it by hand") }
            guard edit.count > 0 else { return false }
            let hosts = counted(edit.count, "host", "hosts")
            if asks, let confirm = notes.surroundings.confirm, try await !confirm("Write the platform of \(hosts) into \(path)?") {
                notes.note("nothing was written to \(path)")
                return false
            }
            try InventoryFileEdit.replace(path, before, by: edit.text)
            notes.note("wrote the platform of \(hosts) into \(path)")
            return edit.refused.isEmpty
        } catch let failure as InventoryFileEdit.Failure {
            throw CommandFailure(status: ExitStatus.outputFailed, message: "\(failure)")
        }
    }
}
