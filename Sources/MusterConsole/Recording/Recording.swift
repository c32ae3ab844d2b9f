import MusterTransport

/// A session with one device as it went: the bytes of its console in both directions, and what the console made of them.
///
/// `Documentation/Recordings.md` describes the file.
package struct Recording: Sendable, Equatable {
    /// What stands where a secret was.
    ///
    /// A word, so that a prompt with a secret in it still looks like one.
    package static let redaction = "REDACTED"

    package var header: RecordingHeader
    package var events: [RecordingEvent]
    /// Whether the last line is not whole: the program was ended while it wrote.
    package var isCutOff = false

    package init(header: RecordingHeader, events: [RecordingEvent], isCutOff: Bool = false) {
        self.header = header
        self.events = events
        self.isCutOff = isCutOff
    }

    /// The platform that the device was driven as: the one that was named, or the one that was found out.
    package var platform: String {
        for event in events { if case .mark(.platform(let name)) = event.kind { return name } }
        return header.platform
    }

    /// The time of the last event.
    package var length: Duration { events.last?.time ?? .zero }
}

/// Which session it was.
package struct RecordingHeader: Sendable, Equatable {
    /// The version of the format.
    package static let version = 1

    package var host: String
    package var address: String
    package var port: Int
    package var transport: String
    package var platform: String
    package var terminal: PTYWishes
    /// Who logs in by the dialogue in the terminal; nil where no such question is answered.
    package var login: Login?
    /// The mode that commands were wanted in, where it was said.
    package var mode: String?
    /// The names of the secrets that the definition could ask for.
    package var secrets: [String] = []
    /// The time of day at which it began, as RFC 3339 has it.
    package var started = ""
    /// What has written it, with its version.
    package var program = ""

    package struct Login: Sendable, Equatable {
        package var user: String
        /// Whether there was a password.
        package var hasPassword: Bool
        /// Whether the device was expected to ask.
        package var isExpected: Bool

        package init(user: String, hasPassword: Bool, isExpected: Bool) {
            self.user = user
            self.hasPassword = hasPassword
            self.isExpected = isExpected
        }
    }

    package init(host: String, address: String, port: Int, transport: String, platform: String, terminal: PTYWishes = PTYWishes()) {
        self.host = host
        self.address = address
        self.port = port
        self.transport = transport
        self.platform = platform
        self.terminal = terminal
    }
}

/// Something that happened in a session.
package struct RecordingEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The device printed.
        case received([UInt8])
        /// It was typed.
        case typed([UInt8])
        case mark(RecordingMark)
    }

    /// Since the beginning.
    package var time: Duration
    package var kind: Kind
    /// Where it stands in its file, counted from 1; 0 where there is no file.
    package var line: Int

    package init(time: Duration, kind: Kind, line: Int = 0) {
        self.time = time
        self.kind = kind
        self.line = line
    }
}

/// What the console was asked, and what it made of the bytes.
package enum RecordingMark: Sendable, Equatable {
    /// The prompt is known and the default mode is reached.
    case opened(prompt: String, mode: String)
    /// The device was found out to be of this platform.
    case platform(String)
    /// A command was asked for.
    case command(id: Int, String)
    /// A mode was asked for.
    case mode(id: Int, String)
    /// A command was answered.
    case result(RecordedResult)
    /// The mode that was asked for is reached.
    case entered(id: Int, mode: String)
    /// What was asked did not come about; without an id, it was the login.
    case failed(id: Int?, kind: String)
    /// So many bytes are missing here: the disk was slower than the device.
    case gap(Int)
    /// The session is being ended from this side.
    case closing
    /// The transport has ended.
    case ended(String)
}

/// A command's answer.
package struct RecordedResult: Sendable, Equatable {
    package var id: Int
    package var command: String
    package var output: Output
    package var failure: String?
    package var mode: String
    package var prompt: String

    /// What was printed; of much, a sum only, for it is among the bytes already.
    package enum Output: Sendable, Equatable {
        case whole([UInt8])
        case summed(count: Int, sum: UInt64)

        /// More than this is kept as a sum.
        package static let mostBytes = 1 << 16

        /// What a file has of it.
        var written: Output {
            if case .whole(let bytes) = self, bytes.count > Self.mostBytes {
                .summed(count: bytes.count, sum: Self.fnv1a(bytes))
            } else {
                self
            }
        }

        /// Whether it is what `bytes` would be written as.
        func describes(_ bytes: [UInt8]) -> Bool { written == Output.whole(bytes).written }

        /// How many bytes were printed.
        package var count: Int {
            switch self {
            case .whole(let bytes): bytes.count
            case .summed(let count, _): count
            }
        }

        /// Fowler, Noll and Vo's sum of 64 bits, in its variant 1a.
        static func fnv1a(_ bytes: [UInt8]) -> UInt64 {
            var sum: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            return sum
        }
    }

    package init(id: Int, command: String, output: Output, failure: String?, mode: String, prompt: String) {
        self.id = id
        self.command = command
        self.output = output
        self.failure = failure
        self.mode = mode
        self.prompt = prompt
    }

    init(id: Int, _ exchange: Exchange) {
        self.init(
            id: id, command: exchange.command, output: .whole(exchange.output), failure: exchange.failure, mode: exchange.mode,
            prompt: exchange.prompt)
    }
}
