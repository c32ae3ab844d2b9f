/// What carries a device's command line.
public enum DeviceTransport: String, Sendable, CaseIterable {
    /// SSH by the built-in engine, libssh2.
    case ssh
    /// SSH by the system's `ssh` program, a child process for each device.
    case openssh
    /// Telnet (RFC 854): nothing is encrypted, and nobody proves who they are.
    case telnet
    /// SSH by the built-in engine; by the system's `ssh` where the reason for a failure is an algorithm that the engine lacks.
    case auto

    /// The TCP port where none is given.
    public var defaultPort: Int { self == .telnet ? 23 : 22 }
}

extension Device {
    /// How many files may be open for it at once: a child process has three streams, with two ends each while it is started.
    var openFiles: Int {
        switch transport {
        // With exec channels there are two of them at a time: the one that is logged in, and that of a command.
        case .openssh, .auto: return 9
        case .ssh, .telnet: if ssh.proxyCommand != nil { return 6 }
        }
        switch jump.last?.transport {
        // A pair of sockets, one end of which goes to ssh, and the connection over which it is asked.
        case .openssh, .auto: return 3
        case .ssh, .telnet, nil: return 1
        }
    }
}
