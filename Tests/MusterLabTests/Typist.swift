@testable import MusterLab

/// Someone at a simulated device's keyboard, without any network.
struct Typist {
    /// The first of January 2026, so that clocks and uptimes stand still.
    static let moment: UInt64 = 1_767_225_600

    private var machine: LabShellMachine
    private(set) var screen = ""
    private(set) var bytes: [UInt8] = []
    private(set) var typed: [String] = []
    private(set) var pauses: [Duration] = []
    private(set) var gates = 0
    private(set) var dropped = false
    private(set) var closed: (status: Int32, byClient: Bool)?

    init(
        _ platform: LabPlatform = .ciscoIOSXE, name: String = "r1", faults: [LabFault] = [], rows: Int = 24, command: String? = nil,
        script: LabScript? = nil
    ) {
        var settings = LabShellSettings()
        settings.now = { Self.moment }
        settings.enableSecret = "secret"
        var device = LabDevice(name, address: "127.1.0.1", platform: platform, faults: faults)
        device.script = script
        machine = LabShellMachine(
            device: device, settings: settings, terminal: LabTerminal(rows: rows, columns: 80), command: command)
        _ = settle()
    }

    /// Types a text and returns what the device printed in answer.
    @discardableResult
    mutating func type(_ text: String) -> String {
        machine.receive(text.utf8)
        return settle()
    }

    /// Runs what there is to run until the device waits for more, or for `steps` steps.
    @discardableResult
    mutating func settle(steps: Int = .max) -> String {
        var output: [UInt8] = []
        var left = steps
        loop: while left > 0, let step = machine.next() {
            left -= 1
            switch step {
            case .write(let bytes): output += bytes
            case .typed(let line): typed.append(line)
            case .pause(let duration): pauses.append(duration)
            case .hold: gates += 1
            case .drop:
                dropped = true
                break loop
            case .close(let status, let byClient):
                closed = (status, byClient)
                break loop
            }
        }
        bytes += output
        let text = String(decoding: output, as: UTF8.self)
        screen += text
        return text
    }

    mutating func endInput() {
        machine.endInput()
        settle()
    }
}
