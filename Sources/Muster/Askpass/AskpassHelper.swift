import MusterTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program that `ssh` runs when it needs a secret.
///
/// `muster` is one. A program that uses the library and wants the transport `openssh` with passwords calls `runIfAsked` first thing in its
/// own `main`, and names itself in `RunOptions.askpassHelper`; or it names an installed `muster` there.
public enum AskpassHelper {
    /// Answers ssh's question and ends the process, when ssh has started it for that; does nothing otherwise.
    public static func runIfAsked() {
        guard let socket = variable(AskpassDesk.Variable.socket), let token = variable(AskpassDesk.Variable.token) else { return }
        // ssh gives it one argument, the question. Anything else was started in an environment that the variables have got into.
        guard CommandLine.arguments.count == 2, !CommandLine.arguments[1].hasPrefix("-") else { return }
        let question = AskpassRequest(
            token: token, kind: variable("SSH_ASKPASS_PROMPT") ?? "", text: CommandLine.arguments[1])
        guard let reply = LocalClient.ask(path: socket, question.bytes), let secret = AskpassRequest.secret(in: reply) else { exit(1) }
        var rest = (secret + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { exit(1) }
            rest = rest.dropFirst(count)
        }
        exit(0)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
