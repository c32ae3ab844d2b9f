/// Something that is measured, with what it should not exceed.
struct Scenario: Sendable {
    /// The name on the command line and in the JSON.
    let name: String
    /// What it is, in one line.
    let title: String
    /// Measures and writes down what was found; figures that could not be measured are left out and a problem says why.
    let measure: @Sendable (Bench, inout Report) throws -> Void
}

/// All that is measured, in order.
enum Scenarios {
    static let all: [Scenario] = [
        .sessionCost, .keyLogin, .bastion, .manySessions, .roundTrips, .slowCommands, .bulkOutput, .longOutput, .manyCommands, .startUp,
        .definitions,
    ]
}
