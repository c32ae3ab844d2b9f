import Testing

@testable import MusterLab

/// Configurations that are changed on simulated devices.
@Suite struct ConfigurationTests {
    @Test func lineTakesEffectAtOnce_whereThereIsNoCandidate() {
        var typist = Typist(.ciscoIOSXE)
        typist.type("configure terminal\r")
        #expect(typist.type("hostname r2\r").hasSuffix("r2(config)#"))
        typist.type("ntp server 192.0.2.1\rend\r")
        #expect(typist.type("show running-config | include ntp server 192.0.2.1\r").contains("\r\nntp server 192.0.2.1\r\n"))
    }

    @Test func candidateWaitsForItsCommit() {
        var typist = Typist(.juniperJunos)
        typist.type("set cli screen-length 0\rconfigure exclusive\r")
        typist.type("set system host-name r2\r")
        #expect(typist.type("show | compare\r").contains("[edit system]\r\n-  host-name r1;\r\n+  host-name r2;\r\n"))
        #expect(typist.type("rollback 0\r").contains("load complete"))
        #expect(!typist.type("show | compare\r").contains("host-name"))
        typist.type("set system host-name r3\r")
        #expect(typist.type("commit\r").contains("admin@r3#"))
    }

    @Test func failingCommitChangesNothing() {
        var typist = Typist(.ciscoIOSXR)
        typist.type("configure terminal\rhostname lab-commit-fails\r")
        #expect(typist.type("commit\r").contains("% Failed to commit"))
        #expect(typist.type("show configuration failed\r").contains("hostname lab-commit-fails"))
        #expect(typist.type("abort\r").hasSuffix("CPU0:r1#"))
    }

    @Test func sessionIsThrownAwayOrCommitted() {
        var typist = Typist(.aristaEOS)
        #expect(typist.type("configure session muster-1\r").hasSuffix("r1(config-s-muster)#"))
        typist.type("hostname r2\r")
        #expect(typist.type("show session-config diffs\r").contains("-hostname r1\r\n+hostname r2\r\n"))
        #expect(typist.type("abort\r").hasSuffix("r1#"))
        typist.type("configure session muster-2\rhostname r3\r")
        #expect(typist.type("commit timer 00:05:00\r").hasSuffix("r3#"))
        #expect(!typist.type("configure session muster-2 commit\r").contains("%"))
        #expect(typist.type("configure session muster-2 commit\r").contains("% Cannot commit session"))
    }
}
