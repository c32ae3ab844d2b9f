/// The values for one host as they are written, before tokens are expanded.
struct RawOptions {
    var texts: [Setting.TextKeyword: String] = [:]
    var identityFiles: [String] = []
    var certificateFiles: [String] = []
    var paths: [Setting.TextsKeyword: [String]] = [:]
    var flags: [Setting.FlagKeyword: Bool] = [:]
    var times: [Setting.TimeKeyword: Duration] = [:]
    var algorithms: [Setting.AlgorithmKeyword: AlgorithmList] = [:]
    var port: Int?
    var aliveCountMax: Int?
    var hostKeyChecking: SSHOptions.HostKeyChecking?
    var addressFamily: SSHOptions.AddressFamily?
    /// Empty for `none`.
    var proxyJump: [JumpHost]?
    /// `.some(nil)` for `none`.
    var proxyCommand: String??
    /// The lines that only the system's ssh heeds, in their order; which of them count is for ssh to say.
    var others: [String] = []
    var origins: [String: SSHConfigPosition] = [:]

    /// Takes in a setting unless its keyword has a value already; the files of identities and certificates add up.
    mutating func take(_ setting: Setting, at position: SSHConfigPosition) {
        guard took(setting) else { return }
        if origins[setting.keyword] == nil { origins[setting.keyword] = position }
    }

    /// - Returns: Whether the setting had an effect.
    private mutating func took(_ setting: Setting) -> Bool {
        switch setting {
        case .text(.identityFile, let path): return RawOptions.add(path, to: &identityFiles)
        case .text(.certificateFile, let path): return RawOptions.add(path, to: &certificateFiles)
        case .text(let keyword, let value): return RawOptions.set(&texts[keyword], value)
        case .texts(let keyword, let value): return RawOptions.set(&paths[keyword], value)
        case .flag(let keyword, let value): return RawOptions.set(&flags[keyword], value)
        case .time(let keyword, let value): return value.map { RawOptions.set(&times[keyword], $0) } ?? false
        case .algorithms(let keyword, let value): return RawOptions.set(&algorithms[keyword], value)
        case .port(let value): return RawOptions.set(&port, value)
        case .aliveCountMax(let value): return RawOptions.set(&aliveCountMax, value)
        case .hostKeyChecking(let value): return RawOptions.set(&hostKeyChecking, value)
        case .addressFamily(let value): return RawOptions.set(&addressFamily, value)
        case .proxyJump(let hops):
            // The first of the two that is given counts.
            guard proxyCommand == nil else { return false }
            return RawOptions.set(&proxyJump, hops)
        case .proxyCommand(let command):
            // `ProxyJump none` leaves the way open for a command.
            guard proxyJump?.isEmpty ?? true else { return false }
            return RawOptions.set(&proxyCommand, command)
        case .other(let keyword, let text): return RawOptions.add("\(keyword) \(text)", to: &others)
        }
    }

    private static func set<Value>(_ slot: inout Value?, _ value: Value) -> Bool {
        guard slot == nil else { return false }
        slot = value
        return true
    }

    private static func add(_ path: String, to list: inout [String]) -> Bool {
        guard !list.contains(path) else { return false }
        list.append(path)
        return true
    }
}
