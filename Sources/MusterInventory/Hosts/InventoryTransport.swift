/// What carries a device's command line.
public enum InventoryTransport: String, Sendable, CaseIterable {
    /// SSH by the built-in engine.
    case ssh
    /// SSH by the system's `ssh` program.
    case openssh
    /// Telnet, in the clear.
    case telnet
    /// SSH by the built-in engine, or by the system's `ssh` where only that knows the device's algorithms.
    case auto
}
