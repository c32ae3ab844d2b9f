import Foundation
import MusterTestSupport
import Testing

@testable import MusterTransport

/// Real programs as children.
@Suite(.timeLimit(.minutes(5))) struct ChildLoopbackTests {
    private let loop = Loops.next()

    private func shell(_ script: String, terminal: ChildCommand.TerminalShape? = nil) -> ChildCommand {
        ChildCommand(program: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], terminal: terminal)
    }

    /// Starts a child, hands it over with its receiver, and sees that it is gone afterwards.
    private func withChild(
        _ command: ChildCommand, patience: ChildPatience = ChildPatience(), _ body: (ChildTransport, Sink, Sink) async throws -> Void
    ) async throws {
        let sink = Sink()
        let errors = Sink()
        let child = try await ChildTransport.start(command, on: loop, patience: patience) { errors.received($0) }
        loop.execute { child.start(sink) }
        try await body(child, sink, errors)
        loop.execute { child.close() }
        _ = await child.waitForExit()
    }

    @Test func bytesComeBack_whenTheChildIsCat() async throws {
        try await withChild(ChildCommand(program: "cat", environment: ["PATH": "/usr/bin:/bin"])) { child, sink, _ in
            loop.execute { child.send(Array("hello".utf8)) }
            await sink.wait { $0.bytes == Array("hello".utf8) }
            loop.execute { child.close() }
            await sink.wait { $0.end == .closedHere }
            #expect(await child.waitForExit() == .exited(0))
        }
    }

    @Test(arguments: [Int32(0), 1, 255]) func statusIsTold_whenTheChildEnds(status: Int32) async throws {
        try await withChild(shell("printf last; printf why >&2; exit \(status)")) { child, sink, errors in
            #expect(await child.waitForExit() == .exited(status))
            await sink.wait { $0.end == .closedByPeer }
            #expect(sink.bytes == Array("last".utf8))
            #expect(errors.bytes == Array("why".utf8))
        }
    }

    @Test func programEnds_withTheInputThatItDoesNotRead() async throws {
        try await withChild(shell("trap 'printf bye; exit 0' TERM; printf on; sleep 600 & wait").endedWithItsInput) { child, sink, _ in
            await sink.wait { $0.bytes == Array("on".utf8) }
            loop.execute { child.close() }
            #expect(await child.waitForExit() == .exited(0))
        }
    }

    @Test(arguments: [Int32(0), 7, 255]) func statusIsTold_whenTheProgramDoesNotWaitForItsInput(status: Int32) async throws {
        try await withChild(shell("printf last; cat; exit \(status)").endedWithItsInput) { child, sink, _ in
            #expect(await child.waitForExit() == .exited(status))
            await sink.wait { $0.end == .closedByPeer }
            #expect(sink.bytes == Array("last".utf8))
        }
    }

    @Test func programIsKilled_whenItOutlivesItsInput() async throws {
        var patience = ChildPatience()
        patience.hangUp = .milliseconds(10)
        patience.terminate = .milliseconds(10)
        try await withChild(shell("trap '' TERM; printf on; while :; do sleep 600; done").endedWithItsInput, patience: patience) {
            child, sink, _ in
            await sink.wait { $0.bytes == Array("on".utf8) }
            loop.execute { child.close() }
            #expect(await child.waitForExit() == .signalled(SIGKILL))
        }
    }

    @Test func signalIsTold_whenTheChildIsKilled() async throws {
        try await withChild(shell("printf last; kill -KILL $$")) { child, sink, _ in
            #expect(await child.waitForExit() == .signalled(SIGKILL))
            await sink.wait { $0.end == .lost("the program was ended by signal 9") }
            #expect(sink.bytes == Array("last".utf8))
        }
    }

    @Test func everyByteArrives_whenTheChildPrintsMuch() async throws {
        try await withChild(shell("head -c 5000000 /dev/zero | tr '\\0' x")) { _, sink, _ in
            await sink.wait { $0.end == .closedByPeer }
            #expect(sink.bytes.count == 5_000_000)
            #expect(sink.bytes.allSatisfy { $0 == UInt8(ascii: "x") })
        }
    }

    @Test func bytesAreCounted_whileTheChildReadsNone() async throws {
        // It reads when it is told to, by a line on its standard error's file.
        try await withTemporaryFolder { folder in
            try await Self.fifo("\(folder)/gate")
            try await withChild(shell("read line < \(folder)/gate; wc -c")) { child, sink, _ in
                let large = [UInt8](repeating: 7, count: 1_000_000)
                let unsent = await onLoop {
                    child.send(large)
                    return child.unsentBytes
                }
                #expect(unsent == 1_000_000)
                try await Self.write("go\n", toFile: "\(folder)/gate")
                await waitOnLoop { child.unsentBytes == 0 }
                loop.execute { child.close() }
                #expect(await child.waitForExit() == .exited(0))
                _ = sink
            }
        }
    }

    @Test func outputStillArrives_whenTheChildHasClosedItsInput() async throws {
        try await withChild(shell("exec <&-; printf more; kill -STOP $$; printf rest")) { child, sink, _ in
            await sink.wait { $0.bytes == Array("more".utf8) }
            // Nobody reads this any more, which must not cost what is still printed.
            loop.execute { child.send(Array("hello".utf8)) }
            await waitOnLoop { child.unsentBytes == 0 }
            kill(child.pid, SIGCONT)
            await sink.wait { $0.end == .closedByPeer }
            #expect(sink.bytes == Array("morerest".utf8))
        }
    }

    @Test func killed_whenTheChildIgnoresEverythingElse() async throws {
        var patience = ChildPatience()
        patience.hangUp = .milliseconds(1)
        patience.terminate = .milliseconds(1)
        try await withChild(shell("trap '' TERM HUP; printf ready; while :; do sleep 60; done"), patience: patience) { child, sink, _ in
            await sink.wait { $0.bytes == Array("ready".utf8) }
            loop.execute { child.close() }
            #expect(await child.waitForExit() == .signalled(SIGKILL))
            await sink.wait { $0.end == .closedHere }
        }
    }

    @Test func terminatedAtOnce_whenAskedTo() async throws {
        try await withChild(shell("printf ready; sleep 60")) { child, sink, _ in
            await sink.wait { $0.bytes == Array("ready".utf8) }
            child.terminate()
            #expect(await child.waitForExit() == .signalled(SIGTERM))
        }
    }

    @Test func ended_whenTheChildClosesItsOutputAndStays() async throws {
        var patience = ChildPatience()
        patience.hangUp = .milliseconds(1)
        try await withChild(shell("exec >&- 2>&-; sleep 60"), patience: patience) { child, sink, _ in
            await sink.wait { $0.end != nil }
            #expect(await child.waitForExit() == .signalled(SIGTERM))
        }
    }

    /// In a process of its own: the descriptors of other tests would be counted too.
    @Test func noZombieAndNoDescriptorStays() async {
        await #expect(processExitsWith: .success) {
            let loop = Loops.next()
            var before = 0
            for round in 0..<20 {
                let command = ChildCommand(program: "/bin/cat", terminal: round % 2 == 0 ? nil : .init(columns: 80, rows: 24))
                let child = try await ChildTransport.start(command, on: loop)
                let sink = Sink()
                loop.execute { child.start(sink) }
                loop.execute { child.close() }
                _ = await child.waitForExit()
                // It has been waited for: no such child is left.
                guard waitpid(child.pid, nil, WNOHANG) == -1 else { exit(2) }
                // What is made once, such as thread pools, has been made by then.
                if round == 1 { before = Self.descriptors() }
            }
            exit(Self.descriptors() <= before ? 0 : 3)
        }
    }

    @Test func childHasNoDescriptorsButItsStreams() async throws {
        let filler = open("/dev/null", O_RDONLY)
        defer { close(filler) }
        try await withChild(shell("ls /proc/self/fd | wc -l")) { _, sink, _ in
            await sink.wait { $0.end == .closedByPeer }
            // 0, 1, 2, and the one that `ls` reads the folder by.
            #expect(String(decoding: sink.bytes, as: UTF8.self) == "4\n")
        }
    }

    @Test func terminalHasTheSize_andControlsNobody() async throws {
        let script = "stty size; tty </dev/tty >/dev/null 2>&1 && echo controlled; ps -o sid= -p $$ | tr -d ' '; echo $$"
        try await withChild(shell(script, terminal: .init(columns: 511, rows: 24))) { child, sink, _ in
            await sink.wait { $0.end == .closedByPeer }
            #expect(String(decoding: sink.bytes, as: UTF8.self) == "24 511\n\(child.pid)\n\(child.pid)\n")
        }
    }

    @Test func environmentIsWhatItWasGiven() async throws {
        try await withChild(ChildCommand(program: "/usr/bin/env", environment: ["ONE": "1"])) { _, sink, _ in
            await sink.wait { $0.end == .closedByPeer }
            #expect(String(decoding: sink.bytes, as: UTF8.self) == "ONE=1\n")
        }
    }

    @Test func missingProgramIsNamed() async throws {
        await #expect(throws: ChildStartError.failed(program: "no-such-program-here", "No such file or directory")) {
            _ = try await ChildTransport.start(ChildCommand(program: "no-such-program-here"), on: loop)
        }
    }

    // MARK: Means

    private func onLoop<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in loop.execute { continuation.resume(returning: body()) } }
    }

    private func waitOnLoop(_ condition: @escaping @Sendable () -> Bool) async {
        while await !onLoop(condition) { await Task.yield() }
    }

    private static func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count) ?? 0
    }

    private static func fifo(_ path: String) async throws {
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private static func write(_ text: String, toFile path: String) async throws {
        try await Blocking.run {
            let descriptor = open(path, O_WRONLY)
            MusterTestSupport.write(text, to: descriptor)
            close(descriptor)
        }
    }
}
