/// What a configuration change on one device came to.
public struct ChangeResult: Sendable, Hashable {
    /// What holds on the device now.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// The change is in effect.
        case committed
        /// The device has nothing to change, or no line reached it.
        case unchanged
        /// The change was thrown away since a line or the commit was rejected; nothing of it is in effect.
        case aborted
        /// Some lines are in effect and others are not.
        case partial
        /// Nothing is in effect, and the lines that were taken are left in the device's candidate, which the platform can't take back from.
        case uncommitted
        /// The change is in effect, and the device takes it back by itself, since it was not confirmed.
        case pending
        /// It was tried and thrown away, as a dry run does.
        case discarded
        /// A dry run did not try it: the platform has no way to.
        case untried
        /// Nobody knows: the session ended in the middle.
        case unknown
    }

    /// What holds on the device now.
    public var state: State
    /// What the device says that the change is, where it says so before the commit.
    public var diff: String?
    /// What came of the lines, one for each.
    public var lines: [CommandResult]
    /// What came of what was typed around the lines: entering the configuration, the diff, the commit, leaving, saving.
    public var steps: [CommandResult]
    /// Whether it was saved; nil where that was not asked for, or the platform's changes always last.
    public var isSaved: Bool?
    /// What may matter though the change is as it was meant to be: what the device had to say to a line that it took, a configuration that could not
    /// be left.
    public var warnings: [String] = []
    /// Why it is not as it was meant to be.
    public var error: MusterError?

    /// Makes a result.
    public init(
        state: State, diff: String? = nil, lines: [CommandResult] = [], steps: [CommandResult] = [], isSaved: Bool? = nil,
        error: MusterError? = nil
    ) {
        self.state = state
        self.diff = diff
        self.lines = lines
        self.steps = steps
        self.isSaved = isSaved
        self.error = error
    }
}
