import MusterTransport

extension ConsoleError.Kind {
    /// What it is called in a recording: its name in the source, in lower case with underscores.
    var name: String { caseName(of: self) }
}

extension TransportEnd {
    /// What it is called in a recording.
    var name: String { caseName(of: self) }

    /// The end of that name; one that is not known is a loss.
    init(recorded name: String) {
        switch name {
        case "closed_by_peer": self = .closedByPeer
        case "closed_here": self = .closedHere
        case "gone": self = .gone(nil)
        default: self = .lost(name)
        }
    }
}

private func caseName(of value: Any) -> String {
    "\(value)".prefix { $0.isLetter }.reduce(into: "") { name, letter in
        if letter.isUppercase { name += "_" }
        name += letter.lowercased()
    }
}
