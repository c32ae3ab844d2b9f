import Testing

@testable import Muster

struct DurationShownTests {
    @Test(arguments: [
        (Duration.zero, "0ms"), (.milliseconds(40), "40ms"), (.milliseconds(999), "999ms"), (.microseconds(1500), "1ms"),
        (.seconds(1), "1s"), (.seconds(15), "15s"), (.milliseconds(1250), "1.25s"), (.milliseconds(1500), "1.5s"),
        (.milliseconds(1050), "1.05s"), (.milliseconds(1009), "1s"), (.seconds(90), "90s"),
    ])
    func isShort_whenShown(duration: Duration, text: String) {
        #expect(duration.shown == text)
    }

    @Test func onlyTheFirstLetterIsSmall_whenAMessageGoesOn() {
        #expect("Connection refused".lowercasedFirst == "connection refused")
        #expect("".lowercasedFirst == "")
    }
}
