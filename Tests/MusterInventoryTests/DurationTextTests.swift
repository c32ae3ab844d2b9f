import MusterInventory
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("500ms", .milliseconds(500)), ("30", .seconds(30)), ("30s", .seconds(30)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
            ("1.5s", .milliseconds(1500)), ("0", .zero),
        ] as [(String, Duration)])
    func theDurationIsRead_whenWrittenAsTheContractSays(_ text: String, _ duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        ("", "it is empty"), ("-1s", "it is negative"), ("fast", "it does not begin with a number"), ("1.2.3s", "'1.2.3' is not a number"),
        ("5 s", "the unit ' s' is unknown"), ("3x", "the unit 'x' is unknown"), ("3S", "the unit 'S' is unknown"),
        (".s", "'.' is not a number"),
        ("99999999999999h", "it is longer than ten years"), ("1m30s", "the unit 'm30s' is unknown"),
    ])
    func theReasonIsTold_whenATextIsNoDuration(_ text: String, _ reason: String) {
        let error = #expect(throws: DurationTextError.self) { try DurationText.parse(text) }
        #expect(
            error?.description
                == "'\(text)' is not a duration: \(reason); expected a number with a unit, such as 500ms, 30 (seconds), 30s, 2m or 1h")
    }
}
