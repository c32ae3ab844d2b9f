import ArgumentParser
import Muster
import MusterConsole
import MusterRendering
import Synchronization

/// `muster replay`: a recorded session, as it went.
struct ReplayCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show a recorded session as it went.",
        discussion: """
            What the device printed goes to standard output, at the pace at which it came. What could steer the terminal is made visible, but for --raw. \
            What was typed shows as far as the device has printed it; --typed shows it at its own place as well.

            Examples:
              muster run --record transcripts "show version"
              muster replay transcripts/edge-01.jsonl
              muster replay --speed 4 --max-pause 1s transcripts/edge-01.jsonl
              muster replay --no-wait transcripts/edge-01.jsonl | less
              muster replay --info -o json transcripts/edge-01.jsonl

            Exit status: 0 it was shown, 64 wrong usage, 65 no recording, 130 interrupted.
            """)

    /// The form of `--info`.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: ArgumentHelp("A recording; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("So many times as fast.", valueName: "factor"))
    var speed = 1.0

    @Option(
        help: ArgumentHelp("Shorten pauses to this. (default: none)", valueName: "duration"), transform: ArgumentText.duration)
    var maxPause: Duration?

    @Flag(name: [.customLong("no-wait"), .customLong("fast")], help: "Without any pause.")
    var noWait = false

    @Flag(help: "The bytes as they came, control characters and all.")
    var raw = false

    @Flag(help: "Also what was typed, on lines of their own that begin with >>>.")
    var typed = false

    @Flag(help: "What is in it instead: the device, the prompts, the commands and their times.")
    var info = false

    @Option(name: [.short, .long], help: ArgumentHelp("Form of --info: text or json.", valueName: "form"))
    var output = Form.text

    func validate() throws {
        guard speed >= 0.001, speed <= 1_000_000 else {
            throw ValidationError("--speed \(speed) makes no sense; give a number from 0.001 to 1000000.")
        }
        if let maxPause, maxPause < .zero { throw ValidationError("--max-pause can't be shorter than nothing.") }
        if output != .text, !info { throw ValidationError("-o \(output.rawValue) goes with --info.") }
        if raw, typed { throw ValidationError("--raw and --typed exclude each other.") }
    }

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let recording = try Recording(file: file, in: surroundings)
        if recording.isCutOff {
            surroundings.errors.say("muster: \(file.oneLine): the last line is cut off; the rest is shown\n")
        }
        if info {
            try surroundings.output.write(Array(RecordingInfo(recording).rendered(asJSON: output == .json).utf8))
            return ExitStatus.success
        }
        return try await play(recording, in: surroundings)
    }

    /// Shows it, until its end or a signal.
    private func play(_ recording: Recording, in surroundings: Surroundings) async throws -> Int32 {
        let (signals, continuation) = AsyncStream.makeStream(of: StopSignal.self)
        let hasStopped = Atomic(false)
        let watch = surroundings.watchSignals { signal in
            // Where nobody reads what is shown, the first one waits for that.
            if hasStopped.exchange(true, ordering: .relaxed) { surroundings.leave(Self.status(of: signal)) }
            continuation.yield(signal)
        }
        defer { watch?.end() }
        return try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask {
                for await signal in signals { return Self.status(of: signal) }
                return ExitStatus.success
            }
            group.addTask {
                try await show(recording, in: surroundings)
                return ExitStatus.success
            }
            defer { group.cancelAll() }
            let status = try await group.next() ?? ExitStatus.success
            // A session that is left in the middle of a colour must not leave it to the shell.
            if raw, surroundings.output.isTerminal { try surroundings.output.write(Array("\u{1B}[0m".utf8)) }
            if status != ExitStatus.success, surroundings.output.isTerminal { try surroundings.output.write([0x0A]) }
            return status
        }
    }

    private static func status(of signal: StopSignal) -> Int32 {
        switch signal {
        case .interrupt: ExitStatus.interrupted
        case .terminate: ExitStatus.terminated
        case .hangUp: ExitStatus.hungUp
        }
    }

    private func show(_ recording: Recording, in surroundings: Surroundings) async throws {
        var screen = ReplayText(isRaw: raw, showsTyped: typed)
        var last = Duration.zero
        for event in recording.events {
            let bytes = screen.bytes(for: event)
            guard !bytes.isEmpty else { continue }
            let pause = pause(event.time - last)
            last = event.time
            if pause > .zero { try await surroundings.sleep(pause) }
            try Task.checkCancellation()
            try surroundings.output.write(bytes)
        }
        try surroundings.output.write(screen.end())
    }

    private func pause(_ recorded: Duration) -> Duration {
        guard !noWait, recorded > .zero else { return .zero }
        let pause = recorded / speed
        return maxPause.map { min(pause, $0) } ?? pause
    }
}
