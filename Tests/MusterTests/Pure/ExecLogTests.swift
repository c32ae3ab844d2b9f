import Testing

@testable import Muster

/// How a command over a shared connection ended.
struct ExecLogTests {
    @Test(arguments: [
        (["debug1: client_input_channel_req: channel 2 rtype exit-status reply 0"], ExecLog.Outcome.status),
        (
            [
                "debug1: client_input_channel_req: channel 12 rtype exit-signal reply 0",
                "debug1: channel 12: free: client-session, nchannels 3",
            ], .signal
        ),
        (
            ["channel 4: open failed: connect failed: open failed", "debug1: channel 4: free: client-session, nchannels 5"],
            .unopened("connect failed: open failed")
        ),
        (["debug2: channel_input_status_confirm: type 100 id 2", "debug1: channel 2: free: client-session, nchannels 3"], .refused),
        (["debug1: channel 2: free: client-session, nchannels 3"], .untold),
    ]) func outcomeIsToldByTheFirstLineThatDecides(lines: [String], outcome: ExecLog.Outcome) {
        var log = ExecLog()
        log.read("debug1: channel 2: new session [client-session] (inactive timeout: 0)")
        log.read("debug1: Sending command: client_input_channel_req: channel 2 rtype exit-status reply 0")
        log.read("debug1: client_input_channel_req: channel 2 rtype keepalive@openssh.com reply 1")
        log.read("debug2: channel_input_status_confirm: type 99 id 2")
        log.read("debug1: channel 1: free: mux-control, nchannels 2")
        #expect(log.outcome == nil)
        for line in lines { log.read(line) }
        #expect(log.outcome == outcome)
    }
}
