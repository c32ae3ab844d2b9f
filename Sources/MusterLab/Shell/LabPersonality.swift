/// What a platform's pager shows.
struct LabPagerStyle: Sendable {
    /// The text at the end of a page, given how many of a hundred parts were shown.
    let more: @Sendable (Int) -> String
    /// What takes that text off the screen again.
    let erase: String

    /// Cisco's: the text is erased by going back over it.
    static let backspaces = LabPagerStyle(
        more: { _ in " --More-- " },
        erase: String(repeating: "\u{8}", count: 9) + String(repeating: " ", count: 8) + String(repeating: "\u{8}", count: 9))
    /// The text is erased by a control sequence.
    static let sequence = LabPagerStyle(more: { _ in "--More--" }, erase: "\r\u{1B}[K")
}

/// How a platform's command line behaves.
protocol LabPersonality: Sendable {
    var pager: LabPagerStyle { get }

    /// What precedes the first prompt.
    func greeting(_ state: LabShellState) -> String

    /// What it asks before the first prompt; nil for a device that asks nothing.
    func dialogue(_ state: LabShellState) -> LabReply?

    func prompt(_ state: LabShellState) -> String

    /// Runs a line that is not empty.
    func execute(_ line: String, _ state: inout LabShellState) -> LabReply
}

extension LabPersonality {
    func dialogue(_ state: LabShellState) -> LabReply? { nil }
}

extension LabPlatform {
    var personality: any LabPersonality {
        switch self {
        case .ciscoIOSXE: CiscoIOSXE()
        case .ciscoNXOS: CiscoNXOS()
        case .aristaEOS: AristaEOS()
        case .ciscoIOSXR: CiscoIOSXR()
        case .juniperJunos: JuniperJunos()
        case .nokiaSRLinux: NokiaSRLinux()
        case .frr: FRRouting()
        case .linux: LinuxServer()
        }
    }
}
