import Foundation

extension LabPlan {
    /// Adds a device for each recording of a folder.
    ///
    /// - Parameter folder: Its files with names that end in `.jsonl`, in the order of their names.
    /// - Throws: `LabError.recording`.
    package mutating func add(recordingsIn folder: String) throws(LabError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }
        } catch {
            throw .recording(path: folder, line: nil, reason: "could not be read: \(String(cString: strerror(errno)))")
        }
        guard !names.isEmpty else { throw .recording(path: folder, line: nil, reason: "has no file whose name ends in .jsonl") }
        var taken = Set(devices.map(\.name))
        for name in names.sorted() {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .recording(path: path, line: nil, reason: "could not be read")
            }
            let recording = try LabRecording([UInt8](data), path: path)
            // Two recordings of one device: the file's name tells them apart.
            let host = taken.contains(recording.host) ? String(name.dropLast(".jsonl".count)) : recording.host
            taken.insert(host)
            var device = LabDevice(
                host, address: Self.address(entries.count), platform: LabPlatform(rawValue: recording.platform) ?? .ciscoIOSXE)
            device.recording = recording
            entries.append(Entry(device: device, site: "recorded", role: "recorded", usesTelnet: recording.usesTelnet))
        }
    }

    /// Whether a device is reached by telnet.
    package var usesTelnet: Bool { entries.contains(where: \.usesTelnet) }
}
