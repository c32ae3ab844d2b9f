/// A list of algorithms as `ssh_config` writes it: names in place of the defaults, or a change to them.
public struct AlgorithmList: Sendable, Hashable, CustomStringConvertible {
    /// What the names do to the defaults.
    public enum Change: String, Sendable, Hashable {
        /// They take the place of the defaults.
        case replace = ""
        /// They come after the defaults.
        case append = "+"
        /// They are taken out of the defaults.
        case remove = "-"
        /// They come before the defaults.
        case prepend = "^"
    }

    /// What the names do to the defaults.
    public var change: Change
    /// Names, or patterns with `*` and `?`.
    public var names: [String]

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - change: What the names do to the defaults.
    ///   - names: Names, or patterns with `*` and `?`.
    public init(_ change: Change = .replace, _ names: [String]) {
        self.change = change
        self.names = names
    }

    /// Reads the text of a setting, such as `+ssh-rsa` or `aes128-ctr,aes256-ctr`; nil when it names nothing to offer.
    public init?(_ text: String) {
        var rest = Substring(text)
        change = .replace
        for mark in [Change.append, .remove, .prepend] where rest.hasPrefix(mark.rawValue) {
            change = mark
            rest = rest.dropFirst()
            break
        }
        names = rest.split(separator: ",").map(String.init)
        if names.isEmpty, change != .remove { return nil }
    }

    /// As `ssh_config` writes it.
    public var description: String { change.rawValue + names.joined(separator: ",") }

    /// The algorithms to offer, best first, each once.
    ///
    /// A pattern adds only what `supported` has, in its order, as ssh does; without `supported`, the defaults stand for it.
    ///
    /// - Parameters:
    ///   - defaults: What is offered when nothing is said.
    ///   - supported: All that could be offered.
    /// - Returns: The names. One that `supported` does not have is kept: what can't be offered is for the engine to know.
    public func applied(to defaults: [String], supported: [String]? = nil) -> [String] {
        let named = { names.flatMap { expanded($0, among: supported ?? defaults) } }
        switch change {
        case .replace: return unique(named())
        case .append: return unique(defaults + named())
        case .remove: return defaults.filter { name in !names.contains { WildcardPattern($0).matches(name) } }
        case .prepend: return unique(named() + defaults)
        }
    }

    private func expanded(_ name: String, among supported: [String]) -> [String] {
        let pattern = WildcardPattern(name)
        return pattern.isLiteral ? [name] : supported.filter(pattern.matches)
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
