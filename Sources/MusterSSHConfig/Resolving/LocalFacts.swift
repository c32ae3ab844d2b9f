/// What is known of this side: who runs the program, and where.
package struct LocalFacts: Sendable {
    /// The local user's name.
    package var user: String
    /// The user's number.
    package var userID: UInt32
    /// The user's home folder, without a slash at the end.
    package var home: String
    /// The machine's name, with its domain when it has one in its name.
    package var hostName: String
    /// The environment variables.
    package var environment: [String: String]
    /// The home folder of another user; nil when there is no such user.
    package var homeOfUser: @Sendable (String) -> String?
    /// SHA-1, for the token `%C`.
    package var sha1: @Sendable ([UInt8]) -> [UInt8]

    package init(
        user: String, userID: UInt32, home: String, hostName: String, environment: [String: String],
        homeOfUser: @escaping @Sendable (String) -> String? = { _ in nil }, sha1: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.user = user
        self.userID = userID
        self.home = home
        self.hostName = hostName
        self.environment = environment
        self.homeOfUser = homeOfUser
        self.sha1 = sha1
    }

    /// The path with `~` or `~user` at its beginning resolved; nil when there is no such user.
    func expandingTilde(_ path: String) -> String? {
        guard path.hasPrefix("~") else { return path }
        let user = path.dropFirst().prefix { $0 != "/" }
        guard let home = user.isEmpty ? home : homeOfUser(String(user)) else { return nil }
        let rest = path.dropFirst(1 + user.count)
        return (home.hasSuffix("/") ? String(home.dropLast()) : home) + rest
    }
}
