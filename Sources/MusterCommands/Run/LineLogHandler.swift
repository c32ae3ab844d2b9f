import Logging
import MusterRendering

/// Writes each log message as a plain line: `debug muster.ssh: text key=value`.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String
    private let say: @Sendable (String) -> Void

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - level: The least level that is written.
    ///   - say: Writes lines to standard error.
    init(label: String, level: Logger.Level, say: @escaping @Sendable (String) -> Void) {
        self.label = label
        logLevel = level
        self.say = say
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(event.level) \(label): \(event.message.description)"
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        say(line.oneLine + "\n")
    }

    /// The least level for so many `-v`.
    static func level(verbosity: Int, quiet: Bool) -> Logger.Level {
        switch verbosity {
        case ..<1: quiet ? .critical : .warning
        case 1: .info
        case 2: .debug
        default: .trace
        }
    }
}
