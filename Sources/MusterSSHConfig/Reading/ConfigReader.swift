/// Reads a configuration file and what it includes into directives, and gathers all mistakes.
struct ConfigReader {
    /// ssh's own limit.
    private static let deepest = 16
    /// Files that include each other twice would otherwise be read 2^16 times.
    private static let mostFiles = 1024

    let files: SSHConfigFiles
    let facts: LocalFacts
    private(set) var problems: [SSHConfigProblem] = []
    private(set) var notes: [SSHConfigNote] = []
    private var filesRead = 0
    /// The files under way, outermost first.
    private var chain: [String] = []

    init(files: SSHConfigFiles, facts: LocalFacts) {
        self.files = files
        self.facts = facts
    }

    /// Reads a file that a configuration begins with.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isUsers: Whether it is the user's, so that relative paths start at `~/.ssh`; those of the system's start at `/etc/ssh`.
    ///   - isTrusted: Whether the user has named it, so that its owner and mode do not matter.
    ///   - mayBeMissing: Whether there need not be one.
    mutating func read(_ path: String, isUsers: Bool, isTrusted: Bool, mayBeMissing: Bool) -> [Directive] {
        do throws(SSHConfigFiles.Failure) {
            return directives(of: try files.read(path, isTrusted), path: path, isUsers: isUsers)
        } catch {
            switch error {
            case .missing where mayBeMissing: break
            case .missing: problems.append(SSHConfigProblem(.init(file: path), "there is no such file"))
            case .unreadable(let why): problems.append(SSHConfigProblem(.init(file: path), "it can't be used: \(why)"))
            }
            return []
        }
    }

    private mutating func directives(of bytes: [UInt8], path: String, isUsers: Bool) -> [Directive] {
        chain.append(path)
        defer { chain.removeLast() }
        var directives: [Directive] = []
        var number = 0
        for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard let line = ConfigLine(String(decoding: text, as: UTF8.self)) else { continue }
            let position = SSHConfigPosition(file: path, line: number)
            do throws(SettingReader.Mistake) {
                if let body = try body(of: line, at: position, isUsers: isUsers) {
                    directives.append(Directive(position: position, body: body))
                }
            } catch {
                problems.append(SSHConfigProblem(position, error.message))
            }
        }
        return directives
    }

    private mutating func body(
        of line: ConfigLine, at position: SSHConfigPosition, isUsers: Bool
    ) throws(SettingReader.Mistake) -> Directive.Body? {
        let keyword = Keywords.aliases[line.keyword] ?? line.keyword
        guard !line.rest.isEmpty else { throw .init(message: "\(line.keyword.escapedForMessage): found nothing, expected an argument") }
        guard let arguments = line.arguments else {
            throw .init(message: "\(line.keyword.escapedForMessage): found a quote without an end")
        }
        switch keyword {
        case "host":
            guard !arguments.isEmpty, !arguments.contains("") else {
                throw .init(message: "host: found an empty pattern, expected names or patterns")
            }
            return .host(arguments.map(Directive.HostPattern.init))
        case "match":
            switch try CriteriaReader.read(line.rest) {
            case .criteria(let criteria): return .match(criteria)
            case .never(let name):
                note(.ignoredBlock, position, "Match \(name) is not evaluated; the block never applies")
                return .match(nil)
            }
        case "include":
            return .include(try included(arguments, at: position, isUsers: isUsers))
        default:
            var reader = SettingReader(line, keyword: keyword, arguments: arguments)
            if let setting = try reader.setting() { return .setting(setting) }
            noteUnheeded(line.keyword, keyword, position)
            return Keywords.isForOpenSSH(keyword) ? .setting(.other(keyword: line.keyword, text: line.rest)) : nil
        }
    }

    // MARK: Includes

    private mutating func included(
        _ arguments: [String], at position: SSHConfigPosition, isUsers: Bool
    ) throws(SettingReader.Mistake) -> [[Directive]] {
        var included: [[Directive]] = []
        for argument in arguments {
            guard !argument.isEmpty else { throw .init(message: "include: found an empty path") }
            guard isUsers || !argument.hasPrefix("~") else {
                throw .init(message: "include: found '\(argument.escapedForMessage)'; the system's configuration has no home folder")
            }
            let anchored = argument.hasPrefix("/") || argument.hasPrefix("~") ? argument : (isUsers ? "~/.ssh/" : "/etc/ssh/") + argument
            guard let pattern = facts.expandingTilde(anchored) else {
                throw .init(message: "include: found '\(argument.escapedForMessage)', and there is no such user")
            }
            for path in files.matching(pattern) { included.append(try include(path, isUsers: isUsers)) }
        }
        return included
    }

    private mutating func include(_ path: String, isUsers: Bool) throws(SettingReader.Mistake) -> [Directive] {
        if chain.contains(path) {
            throw .init(message: "include: the file includes itself: \((chain.drop { $0 != path } + [path]).joined(separator: " → "))")
        }
        guard chain.count <= ConfigReader.deepest else {
            throw .init(message: "include: more than \(ConfigReader.deepest) files deep: \((chain + [path]).joined(separator: " → "))")
        }
        filesRead += 1
        guard filesRead <= ConfigReader.mostFiles else {
            throw .init(message: "include: more than \(ConfigReader.mostFiles) files in all; do some include each other?")
        }
        do throws(SSHConfigFiles.Failure) {
            return directives(of: try files.read(path, false), path: path, isUsers: isUsers)
        } catch {
            guard case .unreadable(let why) = error else { return [] }
            throw .init(message: "include: \(path.escapedForMessage) can't be used: \(why)")
        }
    }

    // MARK: Notes

    private mutating func note(_ kind: SSHConfigNote.Kind, _ position: SSHConfigPosition, _ message: String) {
        notes.append(SSHConfigNote(kind: kind, position: position, message: message))
    }

    private mutating func noteUnheeded(_ written: String, _ keyword: String, _ position: SSHConfigPosition) {
        let shown = "'\(written.escapedForMessage)'"
        if Keywords.unsupported.contains(keyword) {
            note(.unsupported, position, "\(shown) is not supported; it has no effect")
        } else if Keywords.unused.contains(keyword) {
            note(.unused, position, "\(shown) has no meaning here")
        } else if Keywords.decisive.contains(keyword) {
            note(.unsupported, position, "\(shown) has an effect over the transport openssh alone")
        } else if Keywords.slight.contains(keyword) {
            note(.unused, position, "\(shown) has an effect over the transport openssh alone")
        } else {
            note(.unknown, position, "\(shown) is not a keyword that is known; it is for the transport openssh alone")
        }
    }
}
