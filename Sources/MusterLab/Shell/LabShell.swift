/// A device's command line: keys in, steps out.
protocol LabShell {
    mutating func receive(_ bytes: some Sequence<UInt8>)

    /// Nothing more will be typed.
    mutating func endInput()

    mutating func resize(_ terminal: LabTerminal)

    /// The next thing to do; nil until more is typed.
    mutating func next() -> LabShellMachine.Step?
}

extension LabShellMachine: LabShell {}

extension LabDevice {
    /// The command line of a new session.
    ///
    /// - Parameters:
    ///   - terminal: The client's terminal; nil when it asked for none.
    ///   - command: The single command to run, for a channel that is not a shell.
    func shell(_ settings: LabShellSettings, terminal: LabTerminal?, command: String? = nil) -> any LabShell {
        if let recording { return LabRecordedShell(recording, command: command) }
        return LabShellMachine(device: self, settings: settings, terminal: terminal, command: command)
    }
}
