import MusterTransport
import NIOCore
import NIOEmbedded

/// A device on a testing loop: each line that is typed is answered from a script.
final class ScriptedTransport: ByteTransport, @unchecked Sendable {
    // Unchecked: everything below is touched on the loop only.
    let testingLoop = NIOAsyncTestingEventLoop()
    var loop: Loop { Loop(testingLoop) }
    private var receiver: (any ByteReceiver)?
    private let greeting: String
    private let answer: (String) -> String?
    private(set) var writes: [String] = []
    private var pending = ""

    init(greeting: String, answer: @escaping (String) -> String?) {
        self.greeting = greeting
        self.answer = answer
    }

    func start(_ receiver: any ByteReceiver) {
        self.receiver = receiver
        reply(greeting)
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        writes.append(text)
        pending += text
        var said = ""
        while let end = pending.firstIndex(of: "\n") {
            let line = String(pending[..<end])
            pending = String(pending[pending.index(after: end)...])
            said += answer(line) ?? ""
        }
        if !said.isEmpty { reply(said) }
    }

    func close() {
        receiver?.ended(.closedHere)
        receiver = nil
    }

    /// The peer goes away.
    func drop(_ reason: TransportEnd) {
        receiver?.ended(reason)
        receiver = nil
    }

    /// Bytes come in a later turn of the loop, as from a network.
    private func reply(_ text: String) {
        testingLoop.execute { [self] in
            Array(text.utf8).withUnsafeBytes { receiver?.received($0) }
            receiver?.burstEnded()
        }
    }
}
