/// Takes secrets out of the events of a session, also where one is spread over several of them.
struct SecretRedaction {
    private(set) var search = SecretSearch()
    /// Events that may hold the beginning of a secret, and what came after them, so that the order stays.
    private var held: [RecordingEvent] = []

    init(_ secrets: [[UInt8]]) {
        for secret in secrets { add(secret) }
    }

    /// From here on `secret` is taken out as well.
    mutating func add(_ secret: [UInt8]) {
        search.add(secret)
    }

    /// Takes events in, and gives those out that are certain to be clean.
    ///
    /// - Parameter isLast: nothing comes after them, so that what only begins like a secret is none.
    mutating func pass(_ events: [RecordingEvent], isLast: Bool) -> [RecordingEvent] {
        held += events
        guard !search.secrets.isEmpty else {
            defer { held = [] }
            return held
        }
        let ends = [
            clean(isLast, { if case .received(let bytes) = $0 { bytes } else { nil } }, { .received($0) }),
            clean(isLast, { if case .typed(let bytes) = $0 { bytes } else { nil } }, { .typed($0) }),
        ]
        let end = ends.min() ?? held.count
        let free = held[..<end].compactMap(redacted)
        held.removeFirst(end)
        return free
    }

    /// `text` without secrets.
    func redacted(_ text: String) -> String {
        String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
    }

    func redacted(_ bytes: [UInt8]) -> [UInt8] { search.replaced(bytes, by: Recording.redaction) }

    /// Takes the secrets out of the bytes of one direction; the index of the first held event that is not certain to be clean.
    private mutating func clean(
        _ isLast: Bool, _ bytes: (RecordingEvent.Kind) -> [UInt8]?, _ kind: ([UInt8]) -> RecordingEvent.Kind
    ) -> Int {
        var all: [UInt8] = []
        var parts: [(event: Int, range: Range<Int>)] = []
        for (index, event) in held.enumerated() {
            guard let bytes = bytes(event.kind) else { continue }
            parts.append((index, all.count..<all.count + bytes.count))
            all += bytes
        }
        let (places, open) = search.places(in: all, isLast: isLast)
        if !places.isEmpty {
            var next = 0
            for part in parts {
                var result: [UInt8] = []
                var position = part.range.lowerBound
                while next < places.count, places[next].lowerBound < part.range.upperBound {
                    let place = places[next]
                    if place.lowerBound >= position {
                        result += all[position..<place.lowerBound]
                        result.append(contentsOf: Recording.redaction.utf8)
                    }
                    position = min(place.upperBound, part.range.upperBound)
                    // The rest of it is in the next part.
                    guard place.upperBound <= part.range.upperBound else { break }
                    next += 1
                }
                held[part.event].kind = kind(result + all[max(position, part.range.lowerBound)..<part.range.upperBound])
            }
        }
        return open.flatMap { open in parts.first { $0.range.upperBound > open }?.event } ?? held.count
    }

    /// The event with its texts redacted; nil where nothing is left of it.
    private func redacted(_ event: RecordingEvent) -> RecordingEvent? {
        var event = event
        switch event.kind {
        case .received(let bytes), .typed(let bytes): if bytes.isEmpty { return nil }
        case .mark(let mark): event.kind = .mark(redacted(mark))
        }
        return event
    }

    private func redacted(_ mark: RecordingMark) -> RecordingMark {
        switch mark {
        case .opened(let prompt, let mode): return .opened(prompt: redacted(prompt), mode: mode)
        case .command(let id, let command): return .command(id: id, redacted(command))
        case .exec(let id, let command): return .exec(id: id, redacted(command))
        case .answer(var answer):
            answer.pattern = redacted(answer.pattern)
            answer.reply = redacted(answer.reply)
            return .answer(answer)
        case .result(var result):
            result.command = redacted(result.command)
            result.failure = result.failure.map { redacted($0) }
            result.prompt = redacted(result.prompt)
            if case .whole(let bytes) = result.output { result.output = .whole(redacted(bytes)) }
            return .result(result)
        case .platform, .mode, .entered, .failed, .gap, .closing, .ended: return mark
        }
    }
}
