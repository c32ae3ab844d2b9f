/// How configuration files are found and read; tests have them in memory.
package struct SSHConfigFiles: Sendable {
    /// Why a file can't be read.
    package enum Failure: Error, Sendable, Hashable {
        /// There is none.
        case missing
        /// In words, such as `Permission denied`.
        case unreadable(String)
    }

    /// The bytes of a file.
    ///
    /// `isTrusted` is false for files that others than the user and root must not be able to write.
    package var read: @Sendable (_ path: String, _ isTrusted: Bool) throws(Failure) -> [UInt8]
    /// The files that match a pattern of a shell, sorted; the path itself when it has none and exists.
    package var matching: @Sendable (_ pattern: String) -> [String]

    package init(
        read: @escaping @Sendable (_ path: String, _ isTrusted: Bool) throws(Failure) -> [UInt8],
        matching: @escaping @Sendable (_ pattern: String) -> [String]
    ) {
        self.read = read
        self.matching = matching
    }
}
