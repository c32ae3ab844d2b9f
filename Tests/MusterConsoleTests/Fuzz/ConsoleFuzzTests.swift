import MusterTransport
import Testing

@testable import MusterConsole

/// The console machine under recordings that were tampered with: it may fail, but it ends, within bounds, and answers nothing twice.
struct ConsoleFuzzTests {
    /// A recording's events with bytes changed, lost, doubled, and bursts cut and joined.
    private func mutated(_ events: [RecordingEvent], _ generator: inout SeededGenerator) -> [RecordingEvent] {
        var result: [RecordingEvent] = []
        let rate = [2, 4, 16].randomElement(using: &generator) ?? 4
        for event in events {
            guard case .received(let bytes) = event.kind, Int.random(in: 0..<rate, using: &generator) == 0 else {
                result.append(event)
                continue
            }
            var event = event
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: continue
            case 1: result += [event, event]
            case 2, 3:
                for piece in bytes.mutated(&generator).pieces(upTo: 40, &generator) {
                    event.kind = .received(piece)
                    result.append(event)
                }
            default:
                event.kind = .received(bytes.mutatedOften(&generator))
                result.append(event)
            }
        }
        return result
    }

    /// What a session came to.
    private struct Outcome {
        var player: RecordingPlayer
        var asked: Set<Int> = []
        var typed = 0
        var maximumText = 0

        /// Goes through events; what was recorded of the machine says when to let time pass, and nothing else.
        init(_ header: RecordingHeader, _ events: [RecordingEvent], _ platform: Platform, limit: Int) {
            player = RecordingPlayer(header, platform: platform, maximumOutput: limit)
            for event in events {
                switch event.kind {
                case .received(let bytes): player.receive(bytes)
                case .typed: _ = player.wait { !$0.typed.isEmpty }
                case .mark(.command(let id, let command)):
                    asked.insert(id)
                    player.submit(command, id: id)
                case .mark(.mode(let id, let name)):
                    asked.insert(id)
                    player.enterMode(name, id: id)
                case .mark(.result(let result)): _ = player.wait { $0.events.contains { $0.id == result.id } }
                case .mark(.closing): player.close()
                case .mark: break
                }
                typed += player.takeTyped(.max).count
                maximumText = max(maximumText, player.machine.screen.text.count)
            }
            _ = player.wait { _ in false }
            player.end(.closedByPeer)
            typed += player.takeTyped(.max).count
        }
    }

    @Test func endsWithinBoundsAndAnswersNothingTwice_whateverTheDeviceSays() throws {
        let corpus = try Corpus.entries.map { (entry: $0, recording: try $0.recording(), platform: try $0.platform()) }
        for iteration in 0..<Fuzz.iterations(400) {
            var generator = Fuzz.generator(iteration)
            let (entry, recording, platform) = corpus[iteration % corpus.count]
            let outcome = Outcome(recording.header, mutated(recording.events, &generator), platform, limit: 2000)
            let place: Comment = "\(entry.name), iteration \(iteration), seed \(Fuzz.seed)"
            let player = outcome.player
            let ids = player.events.compactMap(\.id)
            #expect(ids.count == Set(ids).count, "two answers to one request; \(place)")
            #expect(Set(ids) == outcome.asked, "each request has an answer; \(place)")
            #expect(player.machine.isBroken || outcome.asked.isEmpty, place)
            for case .finished(_, let exchange) in player.events { #expect(exchange.output.count <= 2000 + 512, place) }
            // The login keeps 64 KB.
            #expect(outcome.maximumText <= (1 << 16) + 4096, place)
            #expect(player.machine.lastBytes.count <= 8 * ConsoleMachine.seenLength, place)
            #expect(player.machine.known.count <= 8, place)
            #expect(outcome.typed <= 8 * player.received + 4000, place)
            #expect(player.machine.scannedBytes <= 8 * (player.received + 4096), place)
        }
    }

    @Test(arguments: Corpus.entries.filter { $0.name.hasSuffix("lab-session") })
    func workGrowsWithTheBytes_andNoFaster(_ entry: CorpusEntry) throws {
        let recording = try entry.recording()
        let platform = try entry.platform()
        /// The work for a session in which every answer is so many times as long, and comes in small bursts.
        func work(_ factor: Int) -> (received: Int, work: Int) {
            var generator = SeededGenerator(seed: 3)
            var isOpen = false
            let events = recording.events.flatMap { event -> [RecordingEvent] in
                if case .mark(.opened) = event.kind { isOpen = true }
                guard isOpen, case .received(let bytes) = event.kind, let start = bytes.firstIndex(of: 0x0A),
                    let end = bytes.lastIndex(of: 0x0A), start < end
                else { return [event] }
                let body = Array(bytes[(start + 1)...end])
                let long = bytes[...start] + (0..<factor).flatMap { _ in body } + bytes[(end + 1)...]
                return Array(long).pieces(upTo: 200, &generator).map { RecordingEvent(time: event.time, kind: .received($0)) }
            }
            let player = Outcome(recording.header, events, platform, limit: 1 << 20).player
            return (player.received, player.machine.scannedBytes + player.machine.searchedBytes)
        }
        let (small, large) = (work(8), work(32))
        let growth = Double(large.received) / Double(small.received)
        #expect(growth > 2)
        #expect(
            Double(large.work) <= 1.5 * growth * Double(small.work) + 100_000,
            "\(small.work) for \(small.received) bytes, \(large.work) for \(large.received)")
    }
}

extension ConsoleEvent {
    /// Of the request that it answers.
    fileprivate var id: Int? {
        switch self {
        case .opened: nil
        case .finished(let id, _), .entered(let id, _): id
        case .failed(let id, _): id
        }
    }
}
