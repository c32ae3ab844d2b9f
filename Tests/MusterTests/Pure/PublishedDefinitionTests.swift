import MusterConsole
import Testing

/// The definitions that scrapli publishes are read as they are.
@Suite(.enabled(if: PublishedDefinitions.isThere, PublishedDefinitions.note)) struct PublishedDefinitionTests {
    /// What the linter rightly tells of: more than this would be a false alarm.
    private static let known: Set<PlatformProblem.Rule> = [.noSetUp, .notExact, .ambiguousModes, .ntcTemplates, .backtracking]

    @Test func areAll44() {
        #expect(PublishedDefinitions.files.count >= 44)
    }

    @Test(arguments: PublishedDefinitions.files.map(\.path))
    func areReadAsTheyAre(_ path: String) {
        let definition = DefinitionFile.read(path)
        #expect(definition.platform != nil, "\(definition.problems)")
        #expect(!definition.problems.contains { $0.rule == .unknownKey || $0.severity == .error }, "\(definition.problems)")
    }

    @Test(arguments: PublishedDefinitions.files.map(\.path))
    func haveOnlyMistakesThatAreKnown(_ path: String) {
        let problems = DefinitionLinter.problems(of: DefinitionFile.read(path, keepsPlaces: true))
        #expect(problems.filter { $0.severity == .error || !Self.known.contains($0.rule) } == [])
    }

    @Test(arguments: PublishedDefinitions.files.map(\.name))
    func haveABuiltInCounterpart(_ name: String) {
        #expect(PlatformLibrary.builtIn.platform(named: name) != nil, "scrapli's name is no alias")
    }
}
