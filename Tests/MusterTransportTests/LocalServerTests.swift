import Foundation
import MusterTestSupport
import Testing

@testable import MusterTransport

/// Requests on a Unix socket.
@Suite(.timeLimit(.minutes(5))) struct LocalServerLoopbackTests {
    private let loop = Loops.next()

    @Test func replyComesBack_whenARequestIsWhole() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let server = try await LocalServer.start(path: path, on: loop) { request, reply in reply(Array(request.reversed())) }
            let reply = try await Blocking.run { LocalClient.ask(path: path, Array("abc".utf8)) }
            #expect(reply == Array("cba".utf8))
            await server.stop()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func noReply_whenThereIsNoneToGive() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let server = try await LocalServer.start(path: path, on: loop) { _, reply in reply(nil) }
            #expect(try await Blocking.run { LocalClient.ask(path: path, [1]) } == nil)
            #expect(try await Blocking.run { LocalClient.ask(path: path, [UInt8](repeating: 1, count: 100_000)) } == nil)
            await server.stop()
            #expect(try await Blocking.run { LocalClient.ask(path: path, [1]) } == nil)
        }
    }
}
