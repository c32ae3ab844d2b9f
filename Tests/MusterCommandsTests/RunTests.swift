import Foundation
import Muster
import Synchronization
import Testing

@testable import MusterCommands

@Suite struct RunTests {
    @Test func resultsGoToStandardOutput_andTheSummaryToStandardError() async {
        let world = World()
        #expect(await world.muster("run", "-w", "r[1-2]", "show version") == 0)
        let rule = String(repeating: "─", count: 57)
        #expect(
            world.output == """
                ── r1 (generic, 0.01s) \(rule)
                out of show version

                ── r2 (generic, 0.01s) \(rule)
                out of show version

                """)
        #expect(world.errors == "2 devices in 0.00s: 2 ok\n")
    }

    @Test func nothingButResultsIsWritten_whenQuiet() async {
        let world = World(errorsAreTerminal: true) { _, script, each in
            script.events(.warning(host: nil, "lowered the fan-out"))
            script.events(.pinned(host: "r1", keyType: "ed25519", fingerprint: "SHA256:x"))
            try await each(World.ok(script.devices[0], script.commands))
        }
        #expect(await world.muster("run", "-q", "-o", "jsonl", "-w", "r1", "x") == 0)
        #expect(world.output.hasPrefix("{\"schema\":\"muster.result/1\",\"host\":\"r1\""))
        #expect(world.errors == "")
    }

    @Test func eachLineIsWrittenAtOnce_whenResultsCome() async {
        let world = World { world, script, each in
            for (number, device) in script.devices.enumerated() {
                try await each(World.ok(device, script.commands))
                #expect(world.output.split(separator: "\n").count == number + 1)
            }
        }
        #expect(await world.muster("run", "-o", "jsonl", "-w", "r[1-3]", "x") == 0)
        #expect(world.pieces.prefix(3).allSatisfy { $0.hasSuffix("}\n") })
    }

    @Test func arrayIsClosed_whenTheRunEnds() async {
        let world = World()
        #expect(await world.muster("run", "-o", "json", "-w", "r[1-2]", "x") == 0)
        #expect(world.output.hasPrefix("[\n  {\n"))
        #expect(world.output.hasSuffix("  }\n]\n"))
    }

    @Test func worstResultMakesTheStatus() async {
        let world = World { _, script, each in
            var failed = World.ok(script.devices[0], script.commands)
            failed.status = .failed
            try await each(failed)
            try await each(World.stopped(script.devices[1], .unreachable))
        }
        #expect(await world.muster("run", "-w", "r[1-2]", "x") == 2)
        #expect(world.errors.contains("1 failed, 1 unreachable"))
    }

    @Test func missingResultIsNoSuccess() async {
        let world = World { _, script, each in try await each(World.ok(script.devices[0], script.commands)) }
        #expect(await world.muster("run", "-w", "r[1-2]", "x") == 2)
        #expect(world.errors.contains("1 device has no result"))
    }

    @Test func progressIsDrawnAndClearedBeforeResults_whenStandardErrorIsATerminal() async {
        let world = World(errorsAreTerminal: true) { world, script, each in
            script.events(.started(host: "r1"))
            while world.pieces.isEmpty { await Task.yield() }
            try await each(World.ok(script.devices[0], script.commands))
        }
        #expect(await world.muster("run", "-w", "r1", "-o", "jsonl", "x") == 0)
        let pieces = world.pieces
        #expect(pieces.first.map { $0.hasPrefix("\r0/1 done, ") && $0.hasSuffix("\u{1B}[K") } == true, "\(pieces)")
        #expect(pieces[1] == "\r\u{1B}[K")
        #expect(pieces[2].hasPrefix("{\"schema\""))
        #expect(pieces.last == "1 device in 0.00s: \u{1B}[32m1 ok\u{1B}[0m\n")
    }

    @Test(
        arguments: [
            ([], [:], true, true), ([], [:], false, false), (["--no-progress"], [:], true, false), (["-q"], [:], true, false),
            ([], ["TERM": "dumb"], true, false), (["-v", "-o", "json"], ["NO_COLOR": "1"], true, true),
        ] as [([String], [String: String], Bool, Bool)])
    func progressNeedsATerminalAndTheUsersConsent(flags: [String], environment: [String: String], terminal: Bool, shown: Bool) throws {
        let command = try RunCommand.parse(["-w", "r1", "x"] + flags)
        #expect(command.showsProgress(in: World(environment, errorsAreTerminal: terminal).all) == shown)
    }

    @Test func failureToWriteIsReported_whenTheDiskIsFull() async {
        let world = World(outputEndsAfter: 0, outputError: ENOSPC)
        #expect(await world.muster("run", "-w", "r1", "x") == 74)
        #expect(world.errors == "muster: can't write the results: No space left on device\n")
        #expect(await world.muster("--help") == 74)
    }

    @Test func errorOfTheRunIsReported_whenItCannotStart() async {
        let world = World { _, _, _ in
            throw MusterError(.usage, phase: .resolve, device: "r1", message: "two devices have this name")
        }
        #expect(await world.muster("run", "-w", "r1", "x") == 64)
        #expect(world.errors.contains("two devices have this name"))
    }

    @Test func coloursFollowTheTerminalAndTheFlag() async {
        for (environment, terminal, flags, coloured) in [
            ([:], true, [], true), ([:], false, [], false), (["NO_COLOR": "1"], true, [], false),
            ([:], false, ["--color", "always"], true),
            ([:], true, ["--color", "never"], false),
        ] as [([String: String], Bool, [String], Bool)] {
            let world = World(environment, outputIsTerminal: terminal)
            #expect(await MusterTool.run(["run", "-w", "r1", "x"] + flags, in: world.all) == 0)
            #expect(world.output.contains("\u{1B}[") == coloured)
        }
    }

    @Test func warningsComeOnceAndNewKeysAsOneLine() async {
        let world = World { _, script, each in
            for device in script.devices {
                script.events(.warning(host: device.name, "weak key"))
                script.events(.pinned(host: device.name, keyType: "ed25519", fingerprint: "SHA256:\(device.name)", file: "/k"))
                try await each(World.ok(device, script.commands))
            }
        }
        #expect(await world.muster("run", "-w", "r[1-3]", "x") == 0)
        #expect(
            world.errors == """
                warning: r1: weak key
                warning: weak key (2 more times)
                pinned the host keys of 3 devices, unknown until now, in /k (-v shows fingerprints)
                3 devices in 0.00s: 3 ok

                """)
        let verbose = World { _, script, each in
            script.events(.pinned(host: "r1", keyType: "ed25519", fingerprint: "SHA256:x"))
            script.events(.phase(host: "r1", .login))
            try await each(World.ok(script.devices[0], script.commands))
        }
        #expect(await verbose.muster("run", "-v", "-w", "r1", "x") == 0)
        #expect(verbose.errors.contains("info muster: r1: pinned its ed25519 host key, SHA256:x\n"))
        #expect(!verbose.errors.contains("login"))
    }

    @Test func keysThatCouldNotBeKept_areNotCalledPinned() async {
        let world = World { _, script, each in
            for (device, file) in zip(script.devices, [nil, nil, "/other"]) {
                if let file {
                    script.events(.pinned(host: device.name, keyType: "ed25519", fingerprint: "SHA256:x", file: file))
                } else {
                    script.events(
                        .notPinned(host: device.name, keyType: "ed25519", fingerprint: "SHA256:x", reason: "/k: Permission denied"))
                }
                try await each(World.ok(device, script.commands))
            }
        }
        #expect(await world.muster("run", "-w", "r[1-3]", "x") == 0)
        #expect(
            world.errors == """
                warning: accepted the unknown host keys of 2 devices and did NOT keep them: /k: Permission denied
                pinned the host key of r3, unknown until now, in /other (-v shows fingerprints)
                3 devices in 0.00s: 3 ok

                """)
    }

    @Test func firstInterruptDrainsAndTheSecondCancels_andWhatCompletedIsPrinted() async {
        let world = World { world, script, each in
            for device in script.devices { script.events(.started(host: device.name)) }
            try await each(World.ok(script.devices[0], script.commands))
            #expect(script.control.level == .running)
            world.send(.interrupt)
            #expect(script.control.level == .draining)
            world.send(.interrupt)
            #expect(script.control.level == .cancelled)
            for device in script.devices.dropFirst() { try await each(World.stopped(device, .cancelled)) }
        }
        #expect(await world.muster("run", "-w", "r[1-3]", "x") == 130)
        #expect(world.output.contains("out of x"))
        #expect(world.errors.contains("stopping: no new devices; 3 under way; press Ctrl-C again to cancel them\n"))
        #expect(world.errors.contains("cancelling 3 devices; press Ctrl-C again to leave at once\n"))
        #expect(
            world.errors.hasSuffix("3 devices in 0.00s: 1 ok, 2 cancelled\n\ncancelled\n  r2, r3: the run was stopped\n"), "\(world.errors)"
        )
        #expect(world.left == [])
        #expect(world.watches == 0)
    }

    @Test func thirdInterruptLeaves() async {
        let world = World { world, script, each in
            for _ in 0..<3 { world.send(.interrupt) }
            try await each(World.stopped(script.devices[0], .cancelled))
        }
        #expect(await world.muster("run", "-w", "r1", "x") == 130)
        #expect(world.left == [130])
    }

    @Test func terminationCancels() async {
        let world = World { world, script, each in
            world.send(.terminate)
            #expect(script.control.level == .cancelled)
            try await each(World.stopped(script.devices[0], .cancelled))
        }
        #expect(await world.muster("run", "-w", "r1", "-o", "json", "x") == 143)
        #expect(world.output.hasSuffix("]\n"))
    }

    @Test func runIsLeftQuietly_whenTheReaderOfTheResultsIsGone() async {
        let reached = Mutex(0)
        let world = World(outputEndsAfter: 600) { _, script, each in
            for device in script.devices {
                try await each(World.ok(device, script.commands))
                reached.withLock { $0 += 1 }
            }
        }
        #expect(await world.muster("run", "-w", "r[1-50]", "-o", "jsonl", "x") == 141)
        #expect(reached.withLock { $0 } == 1)
        #expect(world.errors == "")
        #expect(world.watches == 0)
    }
}
