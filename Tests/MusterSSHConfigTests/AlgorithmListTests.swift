import Testing

@testable import MusterSSHConfig

@Suite struct AlgorithmListTests {
    private let defaults = ["a-1", "a-2", "b-1"]
    private let supported = ["a-1", "a-2", "a-3", "b-1", "b-2"]

    private func result(_ text: String) -> [String]? {
        AlgorithmList(text)?.applied(to: defaults, supported: supported)
    }

    @Test func namesTakeThePlaceOfTheDefaults_whenTheyHaveNoMark() {
        #expect(result("b-2,a-1,b-2") == ["b-2", "a-1"])
        #expect(result("made-up") == ["made-up"])
        #expect(result("a-*") == ["a-1", "a-2", "a-3"])
    }

    @Test func defaultsAreChanged_whenTheListHasAMark() {
        #expect(result("+b-2,a-1") == ["a-1", "a-2", "b-1", "b-2"])
        #expect(result("+*-2") == ["a-1", "a-2", "b-1", "b-2"])
        #expect(result("^b-1,b-2") == ["b-1", "b-2", "a-1", "a-2"])
        #expect(result("-a-?") == ["b-1"])
        #expect(result("-none-such") == defaults)
    }

    @Test func listIsNoList_whenItNamesNothing() {
        for text in ["", "+", ",", "^", "^,"] { #expect(AlgorithmList(text) == nil, "\(text)") }
        #expect(AlgorithmList("a,,b")?.names == ["a", "b"])
        #expect(AlgorithmList("-")?.applied(to: defaults) == defaults)
        #expect(AlgorithmList("^a,b*")?.description == "^a,b*")
    }

    @Test func patternsMatchWhole() {
        #expect(WildcardPattern("*").matches(""))
        #expect(WildcardPattern("a*b*c").matches("aXbXbXc"))
        #expect(!WildcardPattern("a*b*c").matches("aXbXbX"))
        #expect(WildcardPattern("r?").matches("r1"))
        #expect(!WildcardPattern("r?").matches("r"))
        #expect(!WildcardPattern("r").matches("r1"))
        #expect(WildcardPattern("**x").matches("x"))
        #expect(!WildcardPattern("").matches("x"))
    }
}
