import CLibSSH

/// What a shell needs to know of the lab.
struct LabShellSettings: Sendable {
    var user = "admin"
    var enableSecret = "admin"
    var password = "admin"
    /// Seconds since 1970.
    var now: @Sendable () -> UInt64 = { muster_lab_wall_seconds() }

    init() {}

    init(_ configuration: LabConfiguration) {
        user = configuration.user
        enableSecret = configuration.enableSecret
        password = configuration.password
    }
}

/// Where in a device's command line a session stands.
enum LabMode: Sendable {
    case exec
    case privileged
    case configuration
}

/// What a session's commands read and change.
struct LabShellState: Sendable {
    let platform: LabPlatform
    let facts: LabFacts
    let user: String
    let enableSecret: String
    let landsUnprivileged: Bool
    let refusesPagerOff: Bool
    /// Whether someone types, as opposed to a single command on a channel of its own.
    let isInteractive: Bool
    /// The device's configuration, which all its sessions share.
    let running: LabRunningConfiguration
    var mode = LabMode.privileged
    /// The mode of a scripted device; empty before it has changed.
    var place = ""
    /// The password of the login.
    var password = ""
    /// The parts of the configuration that the session has gone down to, outermost first.
    var context: [String] = []
    /// Rows of a page; 0 when paging was turned off.
    var pageRows = LabTerminal.usualRows
    var columns = LabTerminal.usualColumns
    /// Lines configured and not committed.
    var candidate: [String] = []
    /// The configuration session that was entered, on a platform with such.
    var session: String?
    /// The exit status of the last command, where there is such a thing.
    var status: Int32 = 0
}
