import CLibSSH2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One keyboard-interactive exchange (RFC 4256): each question is answered by what its text asks for.
struct KeyboardInteractive {
    private let answers: InteractiveAnswers
    /// Why the exchange was given up.
    private(set) var stop: InteractiveStop?
    /// Whether a code was among the answers.
    private(set) var gaveCode = false
    private var given: Set<InteractivePrompt> = []

    init(answers: InteractiveAnswers = InteractiveAnswers(password: nil)) {
        self.answers = answers
    }

    /// The answer to one question; nil gives the exchange up.
    ///
    /// Password and code are given once: a device that asks again has refused them, and each try counts against the account.
    mutating func answer(to question: String) -> String? {
        let prompt = InteractivePrompt(question)
        guard given.insert(prompt).inserted || prompt == .unknown else { return giveUp(.askedAgain(question)) }
        switch prompt {
        case .password:
            guard let password = answers.password else { return giveUp(.noPassword(question)) }
            return password
        case .code:
            return code(for: question)
        case .passwordAndCode:
            guard let password = answers.password else { return giveUp(.noPassword(question)) }
            return code(for: question).map { password + $0 }
        case .newPassword:
            return giveUp(.newPassword(question))
        case .unknown:
            return giveUp(.unknown(question))
        }
    }

    private mutating func code(for question: String) -> String? {
        switch answers.code(question) {
        case .code(let code):
            gaveCode = true
            return code
        case .notAtHand: return giveUp(.codeNotAtHand(question))
        case .none: return giveUp(.noCode(question))
        }
    }

    private mutating func giveUp(_ reason: InteractiveStop) -> String? {
        if stop == nil { stop = reason }
        return nil
    }

    /// Gives libssh2 the answers of the wire behind `abstract`.
    ///
    /// libssh2 sends what it finds on return. Where an answer is missing the wire is cut, so that nothing goes out: the device sees a
    /// connection that ended, not a login that failed.
    static let callback: Callback = { _, _, _, _, count, prompts, responses, abstract in
        guard let wire = EngineWire.wire(abstract), let prompts, let responses else { return }
        for index in 0..<Int(count) {
            let prompt = prompts[index]
            let question = String(decoding: UnsafeRawBufferPointer(start: prompt.text, count: Int(prompt.length)), as: UTF8.self)
            guard let answer = wire.questions.answer(to: question) else {
                wire.isDead = true
                return
            }
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
