import MusterConsole

/// What a device's commands go through.
enum DeviceLine: Sendable {
    /// A shell with a terminal.
    case shell(Console)
    /// An exec channel each.
    case exec(ExecLine)

    /// The shell, if one is open.
    var console: Console? {
        get async {
            switch self {
            case .shell(let console): console
            case .exec(let line): await line.console
            }
        }
    }

    /// Types what the device is to read before the end; on the device's loop.
    func sayGoodbye() {
        switch self {
        case .shell(let console): console.assumeIsolated { $0.close() }
        case .exec(let line): line.assumeIsolated { $0.sayGoodbye() }
        }
    }
}
