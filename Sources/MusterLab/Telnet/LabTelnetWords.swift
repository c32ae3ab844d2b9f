/// How a platform asks who is there.
struct LabTelnetWords: Sendable {
    var greeting: String
    var user: String
    var password: String
    /// After a wrong password.
    var refusal: String
    /// After the last wrong password, before the connection is closed.
    var farewell = ""
    /// Before the shell.
    var welcome = "\n"
}

extension LabPlatform {
    func telnetWords(hostname: String) -> LabTelnetWords {
        switch self {
        case .ciscoIOSXE:
            LabTelnetWords(
                greeting: "\n\nUser Access Verification\n\n", user: "Username: ", password: "Password: ", refusal: "\n% Login invalid\n\n",
                farewell: "\n% Bad passwords\n")
        case .ciscoIOSXR:
            LabTelnetWords(
                greeting: "\n\nUser Access Verification\n\n", user: "Username: ", password: "Password: ",
                refusal: "\n% User Authentication failed\n\n")
        case .ciscoNXOS:
            LabTelnetWords(
                greeting: "User Access Verification\n", user: "\(hostname) login: ", password: "Password: ",
                refusal: "\nLogin incorrect\n\n")
        case .aristaEOS, .nokiaSRLinux:
            LabTelnetWords(greeting: "", user: "\(hostname) login: ", password: "Password: ", refusal: "\nLogin incorrect\n\n")
        case .juniperJunos:
            LabTelnetWords(
                greeting: "\n\(hostname) (ttyp0)\n\n", user: "login: ", password: "Password:", refusal: "\nLogin incorrect\n",
                welcome: "\n\n")
        case .frr:
            LabTelnetWords(
                greeting: "\nUser Access Verification\n\n", user: "Username: ", password: "Password: ",
                refusal: "\n% Authentication failed\n\n")
        case .linux:
            LabTelnetWords(
                greeting: "Debian GNU/Linux 12\n", user: "\(hostname) login: ", password: "Password: ", refusal: "\n\nLogin incorrect\n")
        }
    }
}
