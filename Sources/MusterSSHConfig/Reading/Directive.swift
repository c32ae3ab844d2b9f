/// One line of a configuration that means something.
struct Directive: Sendable {
    let position: SSHConfigPosition
    let body: Body

    enum Body: Sendable {
        /// Begins a block for the hosts that match.
        case host([HostPattern])
        /// Begins a block for when all criteria hold; nil when it never applies here.
        case match([Criterion]?)
        /// The directives of the included files, one list for each file.
        case include([[Directive]])
        case setting(Setting)
    }

    /// One word of a `Host` line.
    struct HostPattern: Sendable, Hashable {
        let pattern: WildcardPattern
        let isException: Bool

        init(_ word: String) {
            isException = word.hasPrefix("!")
            pattern = WildcardPattern(isException ? word.dropFirst() : word[...])
        }
    }

    /// One criterion of a `Match` line.
    struct Criterion: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case all
            /// `final` and `canonical`, which hold in the second pass; only the former asks for one.
            case final, canonical
            case host(PatternList)
            case originalHost(PatternList)
            case user(PatternList)
            case localUser(PatternList)
        }

        let kind: Kind
        let isNegated: Bool
    }
}

/// A keyword that Muster heeds or hands on, with its value.
enum Setting: Sendable, Hashable {
    case text(TextKeyword, String)
    case texts(TextsKeyword, [String])
    case flag(FlagKeyword, Bool)
    case time(TimeKeyword, Duration?)
    case algorithms(AlgorithmKeyword, AlgorithmList)
    case port(Int)
    case aliveCountMax(Int)
    case hostKeyChecking(SSHOptions.HostKeyChecking)
    case addressFamily(SSHOptions.AddressFamily)
    /// Empty for `none`.
    case proxyJump([JumpHost])
    /// Nil for `none`.
    case proxyCommand(String?)
    /// One that only the system's ssh heeds, as it is written.
    case other(keyword: String, text: String)

    enum TextKeyword: String, Sendable {
        case hostName = "hostname"
        case user
        case identityFile = "identityfile"
        case certificateFile = "certificatefile"
        case identityAgent = "identityagent"
        case hostKeyAlias = "hostkeyalias"
        case bindAddress = "bindaddress"
        case preferredAuthentications = "preferredauthentications"
    }

    enum TextsKeyword: String, Sendable {
        case userKnownHostsFile = "userknownhostsfile"
        case globalKnownHostsFile = "globalknownhostsfile"
    }

    enum FlagKeyword: String, Sendable {
        case identitiesOnly = "identitiesonly"
        case compression
        case tcpKeepAlive = "tcpkeepalive"
        case publicKeyAuthentication = "pubkeyauthentication"
        case passwordAuthentication = "passwordauthentication"
        case keyboardInteractiveAuthentication = "kbdinteractiveauthentication"
    }

    enum TimeKeyword: String, Sendable {
        case connectTimeout = "connecttimeout"
        case aliveInterval = "serveraliveinterval"
    }

    enum AlgorithmKeyword: String, Sendable {
        case keyExchange = "kexalgorithms"
        case hostKey = "hostkeyalgorithms"
        case ciphers
        case macs
        case publicKey = "pubkeyacceptedalgorithms"
    }

    /// The keyword in lower case.
    var keyword: String {
        switch self {
        case .text(let keyword, _): keyword.rawValue
        case .texts(let keyword, _): keyword.rawValue
        case .flag(let keyword, _): keyword.rawValue
        case .time(let keyword, _): keyword.rawValue
        case .algorithms(let keyword, _): keyword.rawValue
        case .port: "port"
        case .aliveCountMax: "serveralivecountmax"
        case .hostKeyChecking: "stricthostkeychecking"
        case .addressFamily: "addressfamily"
        case .proxyJump: "proxyjump"
        case .proxyCommand: "proxycommand"
        case .other(let keyword, _): keyword
        }
    }
}
