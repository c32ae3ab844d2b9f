import Foundation
import Synchronization
import Testing

@testable import MusterCommands

/// The parts that touch the process itself.
@Suite(.serialized) struct ProcessTests {
    private func withPipe<R>(_ body: (_ reader: Int32, _ writer: Int32) async throws -> R) async throws -> R {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        survivePipeSignals()
        return try await body(ends[0], ends[1])
    }

    @Test(arguments: [false, true])
    func everyByteArrives_whenThePipeIsSlowerThanTheWriter(nonBlocking: Bool) async throws {
        try await withPipe { reader, writer in
            if nonBlocking { try #require(fcntl(writer, F_SETFL, O_NONBLOCK) == 0) }
            let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let result = Mutex<[UInt8]>([])
            let thread = Thread {
                let all = (try? readAll(reader)) ?? []
                result.withLock { $0 = all }
                close(reader)
            }
            thread.start()
            try OutputPort.descriptor(writer).write(bytes)
            close(writer)
            while !thread.isFinished { await Task.yield() }
            #expect(result.withLock { $0 } == bytes)
        }
    }

    @Test func closedPipeIsAnError_andNotTheEndOfTheProcess() async throws {
        try await withPipe { reader, writer in
            close(reader)
            #expect(throws: OutputClosed(number: EPIPE)) { try OutputPort.descriptor(writer).write([1, 2, 3]) }
            OutputPort.descriptor(writer).say("no one hears this")
            close(writer)
        }
    }

    @Test func pipeIsNoTerminal() async throws {
        try await withPipe { reader, writer in
            let port = OutputPort.descriptor(writer)
            #expect(!port.isTerminal)
            #expect(port.width() > 0)
            close(reader)
            close(writer)
        }
    }

    /// In a process of its own: signals and their handlers belong to the whole process, and other tests change them too.
    @Test func signalsReachTheHandler_andDoNotEndTheProcess() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let (stream, continuation) = AsyncStream.makeStream(of: StopSignal.self)
            guard let watch = PipeSignalWatch({ continuation.yield($0) }) else { exit(1) }
            var iterator = stream.makeAsyncIterator()
            for (number, signal) in [(SIGINT, StopSignal.interrupt), (SIGTERM, .terminate), (SIGHUP, .hangUp)] {
                kill(getpid(), number)
                guard await iterator.next() == signal else { exit(2) }
            }
            watch.end()
            exit(7)
        }
    }

    @Test func hangUpIsIgnored_whereItWasIgnored() async {
        await #expect(processExitsWith: .exitCode(7)) {
            // As by nohup.
            signal(SIGHUP, SIG_IGN)
            let (stream, continuation) = AsyncStream.makeStream(of: StopSignal.self)
            guard let watch = PipeSignalWatch({ continuation.yield($0) }) else { exit(1) }
            kill(getpid(), SIGHUP)
            kill(getpid(), SIGTERM)
            var iterator = stream.makeAsyncIterator()
            guard await iterator.next() == .terminate else { exit(2) }
            watch.end()
            exit(7)
        }
    }

    @Test func standardStreamsAreOccupied_whenTheProcessHasNone() async {
        await #expect(processExitsWith: .exitCode(7)) {
            for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { close(descriptor) }
            occupyStandardDescriptors()
            var byte: UInt8 = 0
            guard write(STDOUT_FILENO, &byte, 1) < 0, errno == EBADF, read(STDIN_FILENO, &byte, 1) < 0, errno == EBADF else { exit(1) }
            exit(open("/dev/null", O_RDONLY) > STDERR_FILENO ? 7 : 2)
        }
    }

    @Test func processHasAnEnvironmentAndAUser() {
        let surroundings = Surroundings.process()
        #expect(surroundings.environment["PATH"] == ProcessInfo.processInfo.environment["PATH"])
        #expect(surroundings.localUser?.isEmpty == false)
        #expect(surroundings.now() >= .zero)
    }

    @Test func missingFileIsNamedInTheSystemsWords() throws {
        #expect(throws: ReadFailure.self) { try readAll(path: "/nonexistent/commands") }
        #expect(!fileExists("/nonexistent/commands"))
    }
}
