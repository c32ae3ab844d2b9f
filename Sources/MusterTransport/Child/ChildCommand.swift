/// A program to run as a child, and what it is to be given.
package struct ChildCommand: Sendable, Equatable {
    /// A path, or a name that is looked up in the `PATH` of this process.
    package var program: String
    /// What comes after the program's name.
    package var arguments: [String]
    /// The child's whole environment; nothing of this process's goes along by itself.
    package var environment: [String: String]
    /// The window size of the terminal that its standard input is; a pipe when `nil`.
    package var terminal: TerminalShape?
    /// Whether what it writes to standard error goes where its standard output goes, in the order in which it writes.
    package var mergesErrors = false
    /// Whether it is ended with this process even where that is killed; see `ChildWatch`.
    package var endsWithThisProcess = false

    /// The window size of a terminal, in characters.
    package struct TerminalShape: Sendable, Equatable {
        package var columns: Int
        package var rows: Int

        package init(columns: Int, rows: Int) {
            self.columns = columns
            self.rows = rows
        }
    }

    package init(program: String, arguments: [String] = [], environment: [String: String] = [:], terminal: TerminalShape? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.terminal = terminal
    }
}

/// How a child ended.
package enum ChildExit: Sendable, Equatable {
    /// It ended with a status.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// Somebody else asked the system for its status first.
    case unknown
}

/// Why no child was started.
package enum ChildStartError: Error, Sendable, Equatable {
    /// The program could not be run; the text is the system's.
    case failed(program: String, String)
    /// The task was cancelled.
    case cancelled
}

/// How long a child may take for what is asked of it.
package struct ChildPatience: Sendable {
    /// For bytes that it has not read, when the transport is closed.
    package var drain: Duration = .seconds(2)
    /// From the end of its input or output to SIGTERM.
    package var hangUp: Duration = .milliseconds(500)
    /// From SIGTERM to SIGKILL.
    package var terminate: Duration = .seconds(2)
    /// For its error output to end once it has exited: a process that it has left behind may hold it open.
    package var errors: Duration = .milliseconds(200)

    package init() {}
}
