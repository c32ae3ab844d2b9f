/// The colours of the text forms, or none.
package struct Palette: Sendable, Hashable {
    /// Whether colours are written.
    package var isColoured: Bool

    package init(coloured: Bool) {
        isColoured = coloured
    }

    /// No colours.
    package static let plain = Palette(coloured: false)
    /// With colours.
    package static let coloured = Palette(coloured: true)

    package func bold(_ text: String) -> String { wrap(text, "1") }
    package func dim(_ text: String) -> String { wrap(text, "2") }
    package func red(_ text: String) -> String { wrap(text, "31") }
    package func green(_ text: String) -> String { wrap(text, "32") }
    package func yellow(_ text: String) -> String { wrap(text, "33") }
    package func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// When colours are written.
package enum ColourChoice: String, Sendable, CaseIterable {
    case auto, always, never

    /// Whether to write colours to a stream.
    ///
    /// `NO_COLOR` counts when it is set and not empty, whatever its value (no-color.org); a choice on the command line outranks it.
    package func isColoured(onTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: onTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }
    }
}
