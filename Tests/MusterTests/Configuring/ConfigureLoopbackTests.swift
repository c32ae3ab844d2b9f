import Muster
import MusterLab
import Testing

/// Configuration changes on simulated devices of each kind.
@Suite(.timeLimit(.minutes(5))) struct ConfigureLoopbackTests {
    /// A platform, and how its configuration is written and read.
    struct Kind: CustomTestStringConvertible, Sendable {
        var platform: LabPlatform
        /// A line that sets the host's name.
        var name: @Sendable (String) -> String
        /// A line that the platform rejects.
        var bad: String
        /// What shows the host's name, and what it shows.
        var show: String
        var shown: @Sendable (String) -> String
        var isAtomic: Bool
        /// What its difference has for a new name; nil where it has none.
        var diff: (@Sendable (String) -> String)?
        var takesConfirmation: Bool
        /// How many pieces of saving it types; nil where changes always last.
        var saves: Bool

        var testDescription: String { platform.rawValue }
    }

    static let kinds = [
        Kind(
            platform: .ciscoIOSXE, name: { "hostname \($0)" }, bad: "frobnicate 1", show: "show running-config | include hostname",
            shown: { "hostname \($0)" }, isAtomic: false, diff: nil, takesConfirmation: false, saves: true),
        Kind(
            platform: .ciscoNXOS, name: { "hostname \($0)" }, bad: "frobnicate 1", show: "show running-config | include hostname",
            shown: { "hostname \($0)" }, isAtomic: false, diff: nil, takesConfirmation: false, saves: true),
        Kind(
            platform: .frr, name: { "hostname \($0)" }, bad: "frobnicate 1", show: "show running-config | include hostname",
            shown: { "hostname \($0)" }, isAtomic: false, diff: nil, takesConfirmation: false, saves: true),
        Kind(
            platform: .ciscoIOSXR, name: { "hostname \($0)" }, bad: "frobnicate 1", show: "show running-config | include hostname",
            shown: { "hostname \($0)" }, isAtomic: true, diff: { "hostname \($0)" }, takesConfirmation: true, saves: false),
        Kind(
            platform: .juniperJunos, name: { "set system host-name \($0)" }, bad: "set sistem host-name x",
            show: "show configuration | match host-name", shown: { "    host-name \($0);" }, isAtomic: true,
            diff: { "[edit system]\n-  host-name r1;\n+  host-name \($0);" }, takesConfirmation: true, saves: false),
        Kind(
            platform: .aristaEOS, name: { "hostname \($0)" }, bad: "frobnicate 1", show: "show running-config | include hostname",
            shown: { "hostname \($0)" }, isAtomic: true, diff: { "-hostname r1\n+hostname \($0)" }, takesConfirmation: true, saves: true),
        Kind(
            platform: .nokiaSRLinux, name: { "set / system name host-name \($0)" }, bad: "frobnicate 1", show: "info | grep host-name",
            shown: { "host-name \($0)" }, isAtomic: true, diff: { "-     system name host-name r1\n+     system name host-name \($0)" },
            takesConfirmation: true, saves: true),
    ]

    static var atomic: [Kind] { kinds.filter(\.isAtomic) }

    private func withKind(_ kind: Kind, _ body: (Bench, Device) async throws -> Void) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: kind.platform)
        try await withBench([lab]) { bench in try await body(bench, bench.device(lab)) }
    }

    private func name(of device: Device, _ kind: Kind, _ bench: Bench) async throws -> String {
        try await withDevice(device, options: bench.options) { session in try await session.send(kind.show).output }
    }

    private func configure(_ device: Device, _ change: ConfigurationChange, _ bench: Bench) async throws -> DeviceResult {
        try #require(try await Muster.configure(change, on: [device], options: bench.options).first)
    }

    @Test(arguments: kinds) func isSeenByTheNextSession_whenAllLinesAreTaken(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            let result = try await configure(device, ConfigurationChange([kind.name("r2")]), bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.change?.state == .committed)
            #expect(result.commands.map(\.status) == [.ok])
            if let diff = kind.diff {
                #expect(result.change?.diff?.contains(diff("r2")) == true, "\(result.change?.diff ?? "none")")
            } else {
                #expect(result.change?.diff == nil)
            }
            #expect(try await name(of: device, kind, bench).contains(kind.shown("r2")))
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            #expect(bench.lab.counts(at: "127.1.0.1").lostSessions == 0)
        }
    }

    @Test(arguments: kinds) func stopsAtTheLine_whenItIsRejected(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            let change = ConfigurationChange(text: "! a comment\n\(kind.name("r2"))\n\(kind.bad)\n\(kind.name("r3"))\n")
            let result = try await configure(device, change, bench)
            #expect(result.status == .failed)
            #expect(result.commands.map(\.status) == [.ok, .failed, .skipped])
            #expect(result.error?.code == .rejected)
            let message = result.error?.message ?? ""
            #expect(message.hasPrefix("line 3 '\(kind.bad)' was rejected: "), "\(message)")
            if kind.isAtomic {
                #expect(result.change?.state == .aborted)
                #expect(message.hasSuffix("; the change was thrown away, nothing of it is in effect"), "\(message)")
                #expect(try await name(of: device, kind, bench).contains(kind.shown("r1")))
            } else {
                #expect(result.change?.state == .partial)
                #expect(message.hasSuffix("; line 2 is in effect already, the rest is not"), "\(message)")
                #expect(try await name(of: device, kind, bench).contains(kind.shown("r2")))
            }
            #expect(!bench.lab.typed(at: "127.1.0.1").contains(kind.name("r3")))
        }
    }

    @Test(arguments: kinds) func nothingIsInEffect_whenTheFirstLineIsRejected(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            let result = try await configure(device, ConfigurationChange([kind.bad, kind.name("r2")]), bench)
            #expect(result.status == .failed)
            #expect(result.change?.state == (kind.isAtomic ? .aborted : .unchanged))
            #expect(try await name(of: device, kind, bench).contains(kind.shown("r1")))
        }
    }

    @Test(arguments: atomic) func isThrownAway_whenTheCommitFails(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            let result = try await configure(device, ConfigurationChange([kind.name("lab-commit-fails")]), bench)
            #expect(result.status == .failed)
            #expect(result.change?.state == .aborted)
            #expect(result.commands.map(\.status) == [.ok])
            #expect(result.error?.message.hasPrefix("the commit was rejected: ") == true, "\(String(describing: result.error))")
            if kind.platform == .ciscoIOSXR { #expect(result.error?.message.contains("The value is not allowed") == true) }
            #expect(result.change?.steps.last { $0.status == .failed }?.output.isEmpty == false)
            #expect(try await name(of: device, kind, bench).contains(kind.shown("r1")))
            // What was thrown away does not come back with the next change.
            let next = try await configure(device, ConfigurationChange([kind.name("r4")]), bench)
            #expect(next.change?.state == .committed, "\(String(describing: next.error))")
        }
    }

    @Test(arguments: atomic) func isUnchanged_whenTheDeviceHasItAlready(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            let result = try await configure(device, ConfigurationChange([kind.name("r1")]), bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.change?.state == .unchanged)
        }
    }

    @Test(arguments: kinds) func changesNothing_whenItIsADryRun(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            var change = ConfigurationChange([kind.name("r2")])
            change.isDryRun = true
            let result = try await configure(device, change, bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            if let diff = kind.diff {
                #expect(result.change?.state == .discarded)
                #expect(result.change?.diff?.contains(diff("r2")) == true)
            } else {
                #expect(result.change?.state == .untried)
                #expect(result.attempts == 0)
                #expect(bench.lab.counts.connectionsTotal == 0)
            }
            #expect(try await name(of: device, kind, bench).contains(kind.shown("r1")))
        }
    }

    @Test(arguments: atomic) func isConfirmedAfterASecondLogin_whenThatIsAskedFor(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            var change = ConfigurationChange([kind.name("r2")])
            change.confirmWithin = .seconds(300)
            let result = try await configure(device, change, bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.change?.state == .committed)
            #expect(bench.lab.counts(at: "127.1.0.1").connectionsTotal == 2)
            #expect(!bench.lab.isPending(at: "127.1.0.1"))
            #expect(try await name(of: device, kind, bench).contains(kind.shown("r2")))
        }
    }

    @Test(arguments: kinds.filter { !$0.takesConfirmation }) func isRefused_whenThePlatformHasNoConfirmation(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            var change = ConfigurationChange([kind.name("r2")])
            change.confirmWithin = .seconds(300)
            let result = try await configure(device, change, bench)
            #expect(result.status == .failed)
            #expect(result.error?.code == .usage)
            #expect(result.change == nil)
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }

    @Test(arguments: kinds) func isSaved_whenThatIsAskedFor(kind: Kind) async throws {
        try await withKind(kind) { bench, device in
            var change = ConfigurationChange([kind.name("r2")])
            change.saves = true
            let result = try await configure(device, change, bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.change?.isSaved == (kind.saves ? true : nil))
            if kind.saves { #expect(bench.lab.isSaved(at: "127.1.0.1")) }
        }
    }

    // MARK: Texts of several lines

    /// A platform, a change with texts in it, and what its configuration has then.
    static let texts: [(LabPlatform, String, String)] = [
        (
            .ciscoIOSXE,
            "hostname r2\nbanner motd ^C\n  Keep out.\n\n! This is # no comment\n^C\n!\ncrypto pki certificate chain CA\n certificate ca 01\n  30820241 "
                + "308201AA\n  A0030201\n  quit\nbanner login #One line#\n",
            "banner motd ^C\n  Keep out.\n\n! This is # no comment\n^C\ncertificate ca 01\n  30820241 308201AA\n  A0030201\n  quit\n"
                + "banner login #One line#\n"
        ),
        (.ciscoNXOS, "banner motd @\nKeep out.@\nhostname r2", "banner motd @\nKeep out.@\n"),
        (.ciscoIOSXR, "banner motd $\nr1#\n$\nhostname r2", "banner motd $\nr1#\n$\n"),
        (.aristaEOS, "banner motd\n   Keep out.\nEOF\nhostname r2", "banner motd\n   Keep out.\nEOF\n"),
    ]

    @Test(arguments: texts) func textsArrive(platform: LabPlatform, change: String, text: String) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: platform)
        try await withBench([lab]) { bench in
            let change = ConfigurationChange(text: change)
            let result = try await configure(bench.device(lab), change, bench)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.change?.state == .committed)
            #expect(result.commands.map(\.command) == change.lines.map(\.text))
            #expect(result.commands.allSatisfy { $0.status == .ok && $0.output.isEmpty })
            let shown = try await withDevice(bench.device(lab), options: bench.options) { try await $0.send("show running-config").output }
            #expect(shown.contains(text.dropLast()), "\(shown.suffix(600))")
        }
    }

    @Test func nothingOfATextIsSent_whenTheDeviceTakesItForACommand() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE)
        try await withBench([lab]) { bench in
            let change = ConfigurationChange(text: "aaa authentication banner ^\nhostname evil\n^\n")
            let result = try await configure(bench.device(lab), change, bench)
            #expect(result.status == .failed)
            #expect(result.error?.code == .rejected)
            #expect(!bench.lab.typed(at: "127.1.0.1").contains("hostname evil"))
        }
    }

    @Test func nothingIsConnectedTo_whenATextHasNoEnd() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE)
        try await withBench([lab]) { bench in
            let result = try await configure(bench.device(lab), ConfigurationChange(text: "hostname r2\nbanner motd ^\nKeep out"), bench)
            #expect(result.status == .failed)
            #expect(result.error?.code == .usage)
            #expect(result.error?.message.hasPrefix("line 2, 'banner motd ^', begins a text of several lines that has no end") == true)
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }
}
