/// A line of an `ssh_config` file.
package struct SSHConfigPosition: Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named: by the user, or by what includes it.
    package let file: String
    /// The line, counted from 1; nil when the file as a whole is meant.
    package let line: Int?

    package init(file: String, line: Int? = nil) {
        self.file = file
        self.line = line
    }

    /// `/home/a/.ssh/config:12`.
    package var description: String { line.map { "\(file):\($0)" } ?? file }
}

/// One mistake in an `ssh_config` file.
package struct SSHConfigProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package let position: SSHConfigPosition
    /// What was found and what was expected.
    package let message: String

    package init(_ position: SSHConfigPosition, _ message: String) {
        self.position = position
        self.message = message
    }

    package var description: String { "\(position): \(message)" }
}

/// All mistakes of an `ssh_config` and of what it includes, in the order of the lines.
package struct SSHConfigProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// The mistakes; never empty.
    package let problems: [SSHConfigProblem]

    /// One line for each mistake, with no newline at the end.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Something in an `ssh_config` that has no effect here.
package struct SSHConfigNote: Sendable, Hashable, CustomStringConvertible {
    /// How much the user may care.
    package enum Kind: Sendable, Hashable {
        /// Nobody knows the keyword: it may be a slip.
        case unknown
        /// ssh knows it, and it would have changed where a login goes or whether it works.
        case unsupported
        /// A whole block that ssh may apply, and Muster can't tell whether.
        case ignoredBlock
        /// ssh knows it, and it is about what Muster does not do, such as forwarding X11.
        case unused
    }

    package let kind: Kind
    package let position: SSHConfigPosition
    package let message: String

    package var description: String { "\(position): \(message)" }
}
