/// One simulated device: an address in 127.0.0.0/8 that answers like a router, a switch or a server.
package struct LabDevice: Sendable {
    /// The host name that its prompt shows.
    package var name: String
    /// The address that it answers at, such as `127.1.0.1`.
    package var address: String
    /// What it imitates.
    package var platform: LabPlatform
    /// What is wrong with it.
    package var faults: [LabFault]
    /// The session that it goes through again; nil for a device that is simulated.
    package var recording: LabRecording?
    /// What it does, where that is written down; nil for a device that the lab knows.
    package var script: LabScript?
    /// What was changed in its configuration, by whatever session.
    let running = LabRunningConfiguration()

    /// What it is, by the name that Muster has for it.
    package var platformName: String { recording?.platform ?? script?.platform ?? platform.rawValue }

    /// Whether the lab itself knows how such a device behaves.
    var isBuiltIn: Bool { recording == nil && script == nil }

    /// A device of the lab.
    ///
    /// - Parameters:
    ///   - name: The host name that its prompt shows.
    ///   - address: An address in 127.0.0.0/8. Only Linux answers at others than 127.0.0.1.
    ///   - platform: What it imitates.
    ///   - faults: What is wrong with it.
    package init(_ name: String, address: String, platform: LabPlatform = .ciscoIOSXE, faults: [LabFault] = []) {
        self.name = name
        self.address = address
        self.platform = platform
        self.faults = faults
    }

    /// The device that answers at an address nobody planned.
    init(unplanned address: UInt32, platform: LabPlatform, faults: [LabFault]) {
        let text = LoopbackAddress.text(address)
        self.init("lab-" + text.map { $0 == "." ? "-" : $0 }, address: text, platform: platform, faults: faults)
    }
}
