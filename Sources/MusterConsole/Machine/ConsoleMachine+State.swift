import MusterTransport

extension ConsoleMachine {
    /// Something a caller has asked for.
    struct Job {
        enum Request {
            case command(String, [AnsweredQuestion])
            /// What a definition says; never to enter a mode.
            case instruction(Instruction, [AnsweredQuestion])
            case mode(String)
        }

        var id: Int
        var request: Request
        var deadline: Instant?
        var askedAt: Instant
        /// Whether the command may be broken off when its time is over.
        var isBreakable = false

        var command: String? {
            switch request {
            case .command(let command, _): command
            case .instruction(let instruction, _): instruction.described
            case .mode: nil
            }
        }

        /// Whether it may be typed before the set-up is answered.
        var canBeTypedAhead: Bool {
            guard case .command(let command, _) = request else { return false }
            return !command.utf8.contains(0x0A)
        }
    }

    /// A command that has been typed.
    struct Step {
        enum Purpose {
            case setUp
            case command
            case walk
        }

        enum EchoState {
            case awaited
            case seen
            /// The device did not print it.
            case absent
        }

        var purpose: Purpose
        var id: Int?
        var command: String
        /// The line that the echo makes: what stood there, and the command.
        var echoLine: [UInt8]
        /// Whether the device shows something at the right end of the line in which is typed.
        var hasRightPrompt = false
        /// How much of the echo line is what stood there.
        var standingCount: Int
        var sentAt: Instant
        var deadline: Instant?
        /// How many lines had been finished when it was typed.
        var lines: Int
        var echo = EchoState.awaited
        /// How much of the echo the lines before had, when the device folds it.
        var folded = 0
        /// Whether the prompt was seen on a line of its own where the echo should have been.
        var isInterrupted = false
        /// The question that may come, and the answer.
        var question: (Instruction.Question, Instruction.Response)?
        var isAnswered = false
        /// How many lines had been finished when the question was answered.
        var answeredAt = 0
        /// How many lines had been finished when the user was typed to a mode's question for one.
        var userAnsweredAt: Int?
        /// The mode that the command leads to by the definition.
        var target: String?
        /// Whether it was typed a second time, because nothing came of the first.
        var isRetyped = false
        /// Answers to questions that may come, before the definition's.
        var answers: [AnsweredQuestion] = []
        /// The questions that were answered, and the one that was refused.
        var dialogue = QuestionMemory()
        /// Typed without an answer to be expected: a pause ends it.
        var isLenient = false
        /// The lines of text that follow it.
        var block: TextBlock?
        /// How often a return was typed for the prompt to be drawn again, and how many lines had been finished then.
        var recalls = 0
        var recalledAt = -1
        /// What may be the prompt from here on.
        var probe: PromptProbe?
        /// Whether it may be broken off when its time is over, and whether it was.
        var isBreakable = false
        var isBrokenOff = false
        /// How much of the echo the lines before had while it was the second command, and how long these lines are with their ends.
        var foldedAhead = (echo: 0, text: 0)
    }

    /// The way to a mode.
    struct ModeWalk {
        /// Nil: part of the set-up.
        var id: Int?
        var target: String
        var deadline: Instant?
        var startedAt: Instant
        /// The instructions left of the hop that is being made, and where it should lead.
        var instructions: [Instruction] = []
        var hop: String?
        var from: String?
        var hops = 0
        /// What the device said last.
        var said: [UInt8] = []
        /// The question that was refused on the way.
        var question: String?
        /// The secret that the hop may ask for and nobody has supplied.
        var lacking: String?
    }

    struct Login {
        var returns = 0
        /// What is to come again, as one or more lines.
        var candidate: [UInt8]?
        /// The candidate with the blanks that came after it was taken.
        var whole: [UInt8]?
        /// How many lines had been finished when the return was sent.
        var askedAt = 0

        /// What a device asks for before it shows a prompt.
        enum Question { case user, password }

        /// The question that was answered last, the line that it stood in, and how that line began.
        var question: Question?
        var questionLine = 0
        var questionText: [UInt8] = []
        /// Whether a question stands there and may not be all there.
        var isAsked = false
        /// How often the user was typed, and whether the password was.
        var users = 0
        var hasTypedPassword = false
        /// Whether the password has been asked for and nobody knows yet whether it may be given, and whether it may not.
        var awaitsPermission = false
        var isPasswordWithheld = false
        /// Returns that were typed before the question, which may have been taken for answers.
        var nudges = 0
        /// The line by which the device seems to have refused, and how many lines were looked through for it.
        var refusal: [UInt8]?
        var refusalSearchedAt = 0
        /// How often a key was pressed for a device that waits for one, and at which line.
        var keys = 0
        var keyLine = -1
        /// What came again after a return and is no prompt.
        var menu: [UInt8]?
    }

    /// The pager's questions that were answered, to the letter.
    struct PagerMemory {
        var texts: [[UInt8]] = []
        /// Whether one stands there and is not answered yet.
        var suspected = false
        /// Answers since the last line that was finished.
        var answersHere = 0
        var lineAtAnswer = -1
    }
}

/// A device's own prompt.
struct LearnedPrompt: Equatable {
    static let unknownMode = "unknown"

    /// All its lines, with `\n` between.
    var text: [UInt8]
    var mode: String

    /// The lines above the last, each with its end.
    var upper: ArraySlice<UInt8> {
        guard let end = text.lastIndex(of: 0x0A) else { return [] }
        return text[...end]
    }

    /// The line that stands unfinished.
    var last: ArraySlice<UInt8> {
        guard let end = text.lastIndex(of: 0x0A) else { return text[...] }
        return text[(end + 1)...]
    }

    var described: String { String(decoding: text, as: UTF8.self) }
}
