import Foundation

extension LabPlan {
    /// Adds the devices of a file of scripts.
    ///
    /// - Parameter path: The file.
    /// - Throws: `LabError.script`.
    package mutating func add(scriptsIn path: String) throws(LabError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .script(path: path, line: nil, reason: "could not be read")
        }
        for (name, script) in try LabScript.devices(yaml: String(decoding: data, as: UTF8.self), path: path) {
            var device = LabDevice(name, address: Self.address(entries.count))
            device.script = script
            entries.append(Entry(device: device, site: "scripted", role: "scripted"))
        }
    }
}
