import CLibSSH2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The answers to keyboard-interactive questions (RFC 4256), chosen by the question's text.
struct KeyboardInteractive {
    /// What answers a question for the password.
    private let password: String
    /// A question that had no answer, as the device put it.
    private(set) var unanswered: String?
    private var passwordsGiven = 0

    init(password: String = "") {
        self.password = password
    }

    /// The answer to one question; empty when there is none.
    ///
    /// The password is given once: a device that asks again has refused it, and each try counts against the account.
    mutating func answer(to question: String) -> String {
        let asksForPassword = question.lowercased().contains("password")
        if asksForPassword, passwordsGiven == 0 {
            passwordsGiven += 1
            return password
        }
        if !asksForPassword, unanswered == nil { unanswered = question }
        return ""
    }

    /// Gives libssh2 the answers of the wire behind `abstract`.
    static let callback: Callback = { _, _, _, _, count, prompts, responses, abstract in
        guard let wire = EngineWire.wire(abstract), let prompts, let responses else { return }
        for index in 0..<Int(count) {
            let prompt = prompts[index]
            let question = String(decoding: UnsafeRawBufferPointer(start: prompt.text, count: Int(prompt.length)), as: UTF8.self)
            let answer = wire.questions.answer(to: question)
            // libssh2 frees the text, so it must come from malloc.
            let bytes = Array(answer.utf8)
            guard let text = malloc(bytes.count + 1) else { continue }
            bytes.withUnsafeBytes { text.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(text), byteCount: bytes.count) }
            responses[index].text = text.assumingMemoryBound(to: CChar.self)
            responses[index].length = UInt32(bytes.count)
        }
    }

    typealias Callback =
        @convention(c) (
            UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Int32, UnsafePointer<LIBSSH2_USERAUTH_KBDINT_PROMPT>?,
            UnsafeMutablePointer<LIBSSH2_USERAUTH_KBDINT_RESPONSE>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Void
}
