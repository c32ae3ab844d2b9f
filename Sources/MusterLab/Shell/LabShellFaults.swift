/// The faults that concern a shell, sorted out once.
struct LabShellFaults: Sendable {
    var latency = Duration.zero
    var gates: [LabGate] = []
    var neverPrompts = false
    var dropMidCommand = false
    var huge: Int?
    var junk = false
    var pagerAlways = false
    var pagerRefused = false
    var loginExec = false
    var banner = ""
    var noEcho = false
    var exitAfter: Int?
    var answers: [(command: String, text: String)] = []

    init(_ faults: [LabFault]) {
        for fault in faults {
            switch fault {
            case .latency(let duration): latency = duration
            case .gate(let gate): gates.append(gate)
            case .neverPrompts: neverPrompts = true
            case .dropMidCommand: dropMidCommand = true
            case .huge(let bytes): huge = bytes
            case .junk: junk = true
            case .pagerAlways: pagerAlways = true
            case .pagerRefused: pagerRefused = true
            case .loginExec: loginExec = true
            case .banner(let text): banner += text.hasSuffix("\n") ? text : text + "\n"
            case .noEcho: noEcho = true
            case .exitAfter(let count): exitAfter = count
            case .says(let text, let command): answers.append((command, text))
            // These concern the connection.
            case .refusePassword, .trickle, .changedHostKey, .dropAt, .stallAt, .keyboardInteractive, .keyThenCode, .oneTimeCode, .question,
                .loginTries, .loginBanner, .versionLines, .emptyPassword, .noLogin, .noExec, .telnet:
                continue
            }
        }
    }
}
