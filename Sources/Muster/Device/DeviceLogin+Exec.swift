package import MusterConsole
import MusterSSH

extension DeviceLogin {
    /// Whether commands go over exec channels and not through a shell.
    func usesExec(_ platform: Platform) -> Bool {
        allowsExec && device.channel != .shell && platform.allowsExec
    }

    /// Why a device can't have the exec channels that are asked for; nil when it can, or when nobody asked.
    func reasonAgainstExec(_ platform: Platform) -> (message: String, hint: String)? {
        guard allowsExec, device.channel == .exec else { return nil }
        return platform.reasonAgainstExec(isTelnet: device.transport == .telnet)
    }

    func execLine(over session: any CommandCarrier, _ platform: Platform) -> OpenDevice {
        let recording = environment.recordings?.record(
            device, platform: platform, wantedMode: nil, credentials: device.terminalLogin(on: platform, isExpected: false),
            events: environment.events)
        let line = ExecLine(
            device: device, platform: platform, session: session, environment: environment, recorder: recording?.recorder)
        return OpenDevice(device: device, carrier: session, line: .exec(line), loop: loop, recording: recording)
    }
}

extension Platform {
    /// Why its devices can't have exec channels; nil when they can.
    ///
    /// - Parameter isTelnet: Whether they are reached by telnet.
    package func reasonAgainstExec(isTelnet: Bool) -> (message: String, hint: String)? {
        guard !isTelnet else { return ("telnet has none", "leave `channel` at auto, or use the transport ssh") }
        guard !allowsExec else { return nil }
        // Without an exit status that can be relied on, a command that failed would pass for one that went well.
        return (
            "the definition of \(name) does not allow exec channels",
            "leave `channel` at auto, or set the device's platform to one with `exec: true`, such as linux"
        )
    }
}
