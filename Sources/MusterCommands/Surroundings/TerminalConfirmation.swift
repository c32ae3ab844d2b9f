import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Asks a person yes or no on the terminal.
enum TerminalConfirmation {
    /// Asks, on the terminal itself, whatever standard input and output are; `nil` when there is none.
    static func ofProcess() -> (@Sendable (String) async throws -> Bool)? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        close(terminal)
        return { question in
            let isCancelled = Atomic(false)
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    // The read blocks until a person has answered.
                    DispatchQueue(label: "muster.confirmation").async {
                        continuation.resume(returning: ask(question) { isCancelled.load(ordering: .relaxed) })
                    }
                }
            } onCancel: {
                isCancelled.store(true, ordering: .relaxed)
            }
        }
    }

    private static func ask(_ question: String, _ isCancelled: () -> Bool) -> Bool {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return false }
        defer { close(terminal) }
        let text = Array("\(question) [y/N] ".utf8)
        _ = write(terminal, text, text.count)
        var wait = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        // A read could not be broken off once the answer is of no interest any more.
        while poll(&wait, 1, 100) <= 0 {
            if isCancelled() {
                _ = write(terminal, "\n", 1)
                return false
            }
        }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(terminal, &buffer, buffer.count)
        return isYes(buffer.prefix(max(0, count)))
    }

    /// Whether an answer is a yes; anything else is a no.
    static func isYes(_ answer: some Sequence<UInt8>) -> Bool {
        let word = String(decoding: answer.filter { $0 > 0x20 }, as: UTF8.self).lowercased()
        return word == "y" || word == "yes"
    }
}
