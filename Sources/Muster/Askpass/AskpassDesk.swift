import MusterInventory
import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the helpers of all `ssh` children of a run bring their questions.
///
/// ssh asks for a secret by running a program and reading its output. The program is Muster again, which finds here, over a Unix socket
/// in a folder that only the user may enter, who started it: the environment of the child holds the socket's path and a random token that
/// stands for the device. The secret itself goes over the socket and the pipe to ssh, and is never in an argument, a variable or a file.
final class AskpassDesk: Sendable {
    /// Gets a question, on the desk's loop, and the way to answer it.
    typealias Answerer = @Sendable (AskpassPrompt, @escaping @Sendable (Secret?) -> Void) -> Void

    /// The variables by which a helper knows that it is one.
    enum Variable {
        static let socket = "MUSTER_ASKPASS_SOCKET"
        static let token = "MUSTER_ASKPASS_TOKEN"
    }

    private let helper: String
    private let folder: String
    private let server: LocalServer
    private let answerers: Answerers

    private init(helper: String, folder: String, server: LocalServer, answerers: Answerers) {
        self.helper = helper
        self.folder = folder
        self.server = server
        self.answerers = answerers
    }

    /// Opens a desk.
    ///
    /// - Parameter helper: The path of the program that ssh is to run.
    static func open(helper: String, on loop: Loop) async throws -> AskpassDesk {
        let folder = try await Blocking.run {
            // A socket's path has to be short.
            let folder = FileManager.default.temporaryDirectory.path + "/muster-" + UUID().uuidString.prefix(13)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            ChildWatch.shared.add(folder: folder)
            return folder
        }
        let answerers = Answerers()
        do {
            let server = try await LocalServer.start(path: folder + "/askpass", on: loop) { request, reply in
                answerers.receive(request, reply)
            }
            return AskpassDesk(helper: helper, folder: folder, server: server, answerers: answerers)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Closes the desk and removes its folder.
    func close() async {
        await server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Has `answerer` answer the questions of one child until the token is forgotten.
    ///
    /// - Returns: The token, and what the child's environment needs.
    func admit(_ answerer: @escaping Answerer) -> (token: String, environment: [String: String]) {
        var generator = SystemRandomNumberGenerator()
        let token = (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined(separator: "-")
        answerers.table.withLock { $0[token] = answerer }
        let environment = [
            "SSH_ASKPASS": helper, "SSH_ASKPASS_REQUIRE": "force", Variable.socket: folder + "/askpass", Variable.token: token,
        ]
        return (token, environment)
    }

    /// Answers no more questions with this token.
    func forget(_ token: String) {
        answerers.table.withLock { $0[token] = nil }
    }

    private final class Answerers: Sendable {
        let table = Mutex<[String: Answerer]>([:])

        func receive(_ request: [UInt8], _ reply: @escaping LocalServer.Reply) {
            guard let request = AskpassRequest(bytes: request), let answerer = table.withLock({ $0[request.token] }) else {
                return reply(nil)
            }
            answerer(AskpassPrompt(text: request.text, kind: request.kind)) { secret in
                reply(secret.map { AskpassRequest.reply($0) })
            }
        }
    }
}

/// A helper's question on its way to the desk.
struct AskpassRequest: Sendable, Equatable {
    var token: String
    /// The value of `SSH_ASKPASS_PROMPT`.
    var kind: String
    /// What ssh wants shown.
    var text: String

    init(token: String, kind: String, text: String) {
        self.token = token
        self.kind = kind
        self.text = text
    }

    /// Reads what `bytes` wrote; `nil` when it makes no sense.
    init?(bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty else { return nil }
        token = String(decoding: parts[0], as: UTF8.self)
        kind = String(decoding: parts[1], as: UTF8.self)
        text = String(decoding: parts[2], as: UTF8.self)
    }

    var bytes: [UInt8] {
        Array([token, kind, text].joined(separator: "\0").utf8)
    }

    /// A reply with a secret, which may be empty, and so differs from none.
    static func reply(_ secret: Secret) -> [UInt8] {
        [UInt8(ascii: "=")] + Array(secret.reveal().utf8)
    }

    /// The secret in a reply.
    static func secret(in reply: [UInt8]) -> [UInt8]? {
        reply.first == UInt8(ascii: "=") ? Array(reply.dropFirst()) : nil
    }
}
