import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Asks a person a question on the terminal, the answer unseen.
///
/// The question goes to the terminal itself, so it works when standard input and output are files. Questions that come at the same time
/// are asked one after the other. The terminal is put back in order when the answer is there, on cancellation, and on SIGINT, SIGTERM,
/// SIGHUP and SIGQUIT.
public struct TerminalPrompt: Sendable {
    /// The terminal's device.
    public let path: String

    /// A prompt on the process's own terminal.
    ///
    /// - Parameter path: The terminal's device; the controlling terminal when left out.
    public init(path: String = "/dev/tty") {
        self.path = path
    }

    /// One question at a time, on one thread that is not Swift's.
    private static let queue = DispatchQueue(label: "muster.terminal")

    /// Asks `question` and waits for the answer.
    ///
    /// - Throws: `SecretError` when there is no terminal or no answer; `CancellationError` when the task is cancelled, or the person
    ///   presses control-C and the program survives the SIGINT that follows from it.
    public func ask(_ question: String) async throws -> Secret {
        let wake = try WakePipe()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Self.queue.async {
                    continuation.resume(with: Result { try askBlocking(question, wake: wake) })
                }
            }
        } onCancel: {
            wake.wake()
        }
    }

    private func askBlocking(_ question: String, wake: WakePipe) throws -> Secret {
        let source = SecretSource.prompt(question)
        if wake.isAwake { throw CancellationError() }
        let terminal = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0, isatty(terminal) == 1 else {
            if terminal >= 0 { close(terminal) }
            throw SecretError(
                source: source, message: "can't ask \(question.quotedForMessage): there is no terminal",
                hint: "use {env: NAME}, {file: PATH} or {command: [pass, show, x]}")
        }
        defer { close(terminal) }
        guard let echo = EchoOff(terminal) else {
            throw SecretError(
                source: source, message: "can't ask \(question.quotedForMessage): the terminal can't hide what is typed")
        }
        var line = PromptLine()
        var action: PromptLine.Action
        do {
            defer {
                echo.restore()
                write("\n", to: terminal)
            }
            write(question.escapedForMessage(limit: 200) + (question.hasSuffix(":") ? " " : ": "), to: terminal)
            repeat {
                guard let typed = wake.waitAndRead(terminal) else { throw CancellationError() }
                action = typed.isEmpty ? .end : line.feed(typed)
            } while action == .more
        }
        switch action {
        case .more, .end:
            throw SecretError(source: source, message: "no answer to \(question.quotedForMessage)")
        case .interrupt:
            // What control-C would have done, now that the terminal is in order.
            kill(getpid(), SIGINT)
            throw CancellationError()
        case .done:
            guard let text = String(validating: line.bytes, as: UTF8.self) else {
                throw SecretError(source: source, message: "the answer to \(question.quotedForMessage) is not UTF-8")
            }
            return Secret(text)
        }
    }

    private func write(_ text: String, to terminal: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(terminal, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// A pipe that ends a wait for the terminal from another thread.
private final class WakePipe: Sendable {
    private let reader: Int32
    private let writer: Int32

    init() throws(SecretError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw SecretError(source: .prompt(""), message: "can't ask: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        close(reader)
        close(writer)
    }

    func wake() {
        var byte: UInt8 = 1
        _ = write(writer, &byte, 1)
    }

    var isAwake: Bool {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// What was typed; empty when the terminal is gone, nil when woken.
    func waitAndRead(_ terminal: Int32) -> [UInt8]? {
        while true {
            var entries = [pollfd(fd: reader, events: Int16(POLLIN), revents: 0), pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)]
            guard poll(&entries, 2, -1) >= 0 else {
                if errno == EINTR { continue }
                return []
            }
            if entries[0].revents != 0 { return nil }
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = read(terminal, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return Array(buffer.prefix(max(count, 0)))
        }
    }
}
