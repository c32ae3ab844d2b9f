import MusterConsole

/// What one device of a run is to do.
public struct DeviceTask: Sendable {
    /// What there is to do.
    public enum Work: Sendable {
        /// Command lines, sent in order.
        case commands([String])
        /// A change of the configuration.
        case change(ConfigurationChange)
        /// Nothing but to find out what it is, where its platform is `auto`.
        case detection

        var isChange: Bool {
            if case .change = self { true } else { false }
        }

        var isDetection: Bool {
            if case .detection = self { true } else { false }
        }
    }

    /// The device.
    public var device: Device
    /// What it is to do.
    public var work: Work

    /// Makes a task of commands.
    ///
    /// - Parameters:
    ///   - device: Where to run them.
    ///   - commands: Command lines, sent in order.
    public init(_ device: Device, commands: [String]) {
        self.device = device
        work = .commands(commands)
    }

    /// Makes a task of a configuration change.
    ///
    /// - Parameters:
    ///   - device: What to change.
    ///   - change: The lines, and how they are brought in.
    public init(_ device: Device, change: ConfigurationChange) {
        self.device = device
        work = .change(change)
    }

    /// Makes a task of finding out what a device is.
    ///
    /// - Parameter device: What to look at; its platform is taken for `auto`.
    public init(detecting device: Device) {
        self.device = device
        self.device.platform = Platform.detectingName
        work = .detection
    }

    /// Every line that is to be typed for it.
    public var commands: [String] {
        switch work {
        case .commands(let commands): commands
        case .change(let change): change.lines.map(\.text)
        case .detection: []
        }
    }
}
