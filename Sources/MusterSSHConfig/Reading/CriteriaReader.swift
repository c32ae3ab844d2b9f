/// Reads the criteria of a `Match` line.
enum CriteriaReader {
    /// What a line asks for.
    enum Outcome {
        case criteria([Directive.Criterion])
        /// A criterion that Muster can't evaluate: the block never applies.
        case never(because: String)
    }

    /// Reads the text after `Match`.
    static func read(_ text: String) throws(SettingReader.Mistake) -> Outcome {
        var scanner = ConfigScanner(text)
        var criteria: [Directive.Criterion] = []
        var unsupported: String?
        while let word = scanner.next(), !word.isEmpty, !word.hasPrefix("#") {
            let isNegated = word.hasPrefix("!")
            let name = (isNegated ? word.dropFirst() : word[...]).lowercased()
            func add(_ kind: Directive.Criterion.Kind) { criteria.append(.init(kind: kind, isNegated: isNegated)) }
            switch name {
            case "all":
                let next = scanner.next() ?? ""
                guard criteria.count <= 1, next.isEmpty || next.hasPrefix("#") else {
                    throw SettingReader.Mistake(message: "match: 'all' stands alone, or after 'final' or 'canonical'")
                }
                add(.all)
                return finished(criteria, unsupported)
            case "final":
                add(.final)
                continue
            case "canonical":
                add(.canonical)
                continue
            default: break
            }
            guard ["host", "originalhost", "user", "localuser"].contains(name) || Keywords.unsupportedCriteria.contains(name) else {
                throw SettingReader.Mistake(
                    message:
                        "match: found '\(word.escapedForMessage)', expected all, final, canonical, host, originalhost, user or localuser")
            }
            guard let value = scanner.next(), !value.isEmpty, !value.hasPrefix("#") else {
                throw SettingReader.Mistake(message: "match: found nothing after '\(name)', expected a value")
            }
            switch name {
            case "host": add(.host(PatternList(value, ignoringCase: true)))
            case "originalhost": add(.originalHost(PatternList(value, ignoringCase: true)))
            case "user": add(.user(PatternList(value)))
            case "localuser": add(.localUser(PatternList(value)))
            default: unsupported = unsupported ?? name
            }
        }
        if criteria.isEmpty, unsupported == nil {
            throw SettingReader.Mistake(message: "match: found no criterion, expected one such as 'host *.example.net'")
        }
        return finished(criteria, unsupported)
    }

    private static func finished(_ criteria: [Directive.Criterion], _ unsupported: String?) -> Outcome {
        unsupported.map(Outcome.never(because:)) ?? .criteria(criteria)
    }
}
