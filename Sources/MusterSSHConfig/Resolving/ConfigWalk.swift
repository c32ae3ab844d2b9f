/// One way through the directives for one host, in which the first value of each keyword wins.
struct ConfigWalk {
    let facts: LocalFacts
    /// The host as it was asked for.
    let originalHost: String
    /// What `Host` compares with: the host as it was asked for, and in the second pass the name it stands for.
    private var host: String
    private var isSecondPass = false
    private(set) var options: RawOptions
    private(set) var wantsSecondPass = false
    private(set) var isNamed = false

    /// - Parameter given: What the command line and the inventory have set already.
    init(host: String, given: RawOptions, facts: LocalFacts) {
        originalHost = host
        self.host = host
        self.facts = facts
        options = given
    }

    /// Walks through the files in their order, again when `Match final` asks for it.
    mutating func run(_ sources: [[Directive]]) {
        for source in sources { walk(source) }
        guard wantsSecondPass else { return }
        host = resolvedName.lowercased()
        isSecondPass = true
        for source in sources { walk(source) }
    }

    /// The name to connect to, as far as it is known by now.
    var resolvedName: String {
        guard let name = options.texts[.hostName] else { return originalHost }
        // A token that is none shows when the value is expanded in earnest.
        return (try? Tokens(values: ["h": originalHost]).expanded(name)) ?? name
    }

    private mutating func walk(_ directives: [Directive]) {
        var isActive = true
        walk(directives, isActive: &isActive, mayApply: true)
    }

    private mutating func walk(_ directives: [Directive], isActive: inout Bool, mayApply: Bool) {
        for directive in directives {
            switch directive.body {
            case .host(let patterns):
                let applies = mayApply && matches(patterns)
                isActive = applies
            case .match(let criteria):
                let applies = matches(criteria, mayApply: mayApply)
                isActive = applies && mayApply
            case .include(let files):
                // A `Host` in an included file ends with the file.
                for file in files {
                    var isActiveInside = isActive
                    walk(file, isActive: &isActiveInside, mayApply: isActive)
                }
            case .setting(let setting):
                if isActive { options.take(setting, at: directive.position) }
            }
        }
    }

    private mutating func matches(_ patterns: [Directive.HostPattern]) -> Bool {
        var matched = false
        var isSpecific = false
        for pattern in patterns where pattern.pattern.matches(host) {
            if pattern.isException { return false }
            matched = true
            isSpecific = isSpecific || !pattern.pattern.matchesAnything
        }
        if isSpecific { isNamed = true }
        return matched
    }

    private mutating func matches(_ criteria: [Directive.Criterion]?, mayApply: Bool) -> Bool {
        guard let criteria else { return false }
        var matched = true
        var isSpecific = false
        for criterion in criteria {
            let holds: Bool
            switch criterion.kind {
            case .all: holds = true
            case .final:
                wantsSecondPass = true
                holds = isSecondPass
            case .canonical: holds = isSecondPass
            case .host(let patterns):
                holds = patterns.matches((isSecondPass ? host : resolvedName).lowercased())
                isSpecific = isSpecific || patterns.isSpecific && !criterion.isNegated
            case .originalHost(let patterns):
                holds = patterns.matches(originalHost.lowercased())
                isSpecific = isSpecific || patterns.isSpecific && !criterion.isNegated
            case .user(let patterns): holds = patterns.matches(options.texts[.user] ?? facts.user)
            case .localUser(let patterns): holds = patterns.matches(facts.user)
            }
            if holds == criterion.isNegated { matched = false }
        }
        if matched, isSpecific, mayApply { isNamed = true }
        return matched
    }
}
