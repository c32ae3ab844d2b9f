import MusterTransport
import NIOCore
import NIOEmbedded
import Testing

@testable import MusterConsole

struct ConsoleTests {
    private func device(_ answers: [String: String] = [:], silent: Set<String> = []) -> ScriptedTransport {
        ScriptedTransport(greeting: "\r\nr1#") { line in
            if silent.contains(line) { return "\(line)\r\npartial" }
            return line + "\r\n" + (answers[line].map { $0 + "\r\n" } ?? "") + "r1#"
        }
    }

    private func console(_ transport: ScriptedTransport) throws -> Console {
        Console(transport: transport, platform: try #require(Platform.builtIn(named: "cisco_iosxe")))
    }

    /// Runs `body` while the loop's turns are taken, until it is done.
    private func drive<T: Sendable>(
        _ transport: ScriptedTransport, advancing step: TimeAmount? = nil, _ body: @escaping @Sendable () async -> T
    ) async -> T {
        await withTaskGroup(of: T?.self) { group in
            group.addTask { await body() }
            group.addTask {
                while !Task.isCancelled {
                    if let step { await transport.testingLoop.advanceTime(by: step) } else { await transport.testingLoop.run() }
                    await Task.yield()
                }
                return nil
            }
            var result: T?
            while let next = await group.next() {
                if let next { result = next }
                group.cancelAll()
            }
            guard let result else { preconditionFailure("the body always returns") }
            return result
        }
    }

    @Test func answersCommandsInOrder() async throws {
        let transport = device(["show a": "1", "show b": "2"])
        let console = try console(transport)
        let result = await drive(transport) { () -> Result<[Exchange], any Error> in
            do {
                try await console.open(deadline: transport.loop.now + .seconds(15))
                return .success([
                    try await console.send("show a", timeout: .seconds(5)), try await console.send("show b", timeout: .seconds(5)),
                ])
            } catch { return .failure(error) }
        }
        let exchanges = try result.get()
        #expect(exchanges.map(\.text) == ["1", "2"])
        #expect(exchanges.map(\.command) == ["show a", "show b"])
        #expect(transport.writes.first == "\n")
        #expect(transport.writes.dropFirst().first == "terminal length 0\nterminal width 511\n")
        #expect(transport.writes.dropFirst(2) == ["show a\n", "show b\n"])
    }

    @Test func throwsWithPartialOutput_whenCommandRunsOutOfTime() async throws {
        let transport = device(silent: ["show tech"])
        let console = try console(transport)
        let error = await drive(transport, advancing: .milliseconds(100)) { () -> ConsoleError? in
            do throws(ConsoleError) {
                try await console.open()
                _ = try await console.send("show tech", timeout: .seconds(5))
                return nil
            } catch { return error }
        }
        #expect(error?.kind == .commandTimeout)
        #expect(error?.partialOutput == Array("partial".utf8))
        let isBroken = await drive(transport) { await console.isBroken }
        #expect(isBroken)
    }

    @Test func throwsAtOnce_whenTransportEnds() async throws {
        let transport = device(silent: ["show tech"])
        let console = try console(transport)
        let error = await drive(transport) { () -> ConsoleError? in
            do throws(ConsoleError) {
                try await console.open()
                async let answer: ConsoleError? = {
                    do throws(ConsoleError) {
                        _ = try await console.send("show tech", timeout: .seconds(5))
                        return nil
                    } catch { return error }
                }()
                while !transport.writes.contains("show tech\n") { await Task.yield() }
                try? await transport.testingLoop.submit { transport.drop(.closedByPeer) }.get()
                return await answer
            } catch { return error }
        }
        #expect(error?.kind == .ended(.closedByPeer))
    }

    @Test func stopsAtThePassword_untilItIsPermitted_andKnowsIfTheDeviceHasLeft() async throws {
        for leaves in [false, true] {
            let transport = ScriptedTransport(greeting: "Username: ") { line in
                switch line {
                case "admin": "admin\r\nPassword: "
                case "s3cret", "": "\r\nr1#"
                default: line + "\r\nr1#"
                }
            }
            let console = try console(transport)
            let error = await drive(transport, advancing: .milliseconds(10)) { () -> ConsoleError? in
                do throws(ConsoleError) {
                    let login = LoginCredentials(user: "admin", password: "s3cret", isExpected: false, needsPermission: true)
                    guard try await console.open(credentials: login) == .asksForPassword else { return nil }
                    #expect(!transport.writes.contains("s3cret\n"))
                    if leaves { try? await transport.testingLoop.submit { transport.drop(.closedByPeer) }.get() }
                    try await console.open(isPermitted: true, deadline: transport.loop.now + .seconds(15))
                    return nil
                } catch { return error }
            }
            #expect(error?.kind == (leaves ? .ended(.closedByPeer) : nil))
            #expect(transport.writes.contains("s3cret\n") == !leaves)
        }
    }

    @Test func throwsAtOnce_whenTaskIsCancelled() async throws {
        let transport = device(silent: ["show tech"])
        let console = try console(transport)
        let error = await drive(transport) { () -> ConsoleError? in
            do throws(ConsoleError) { try await console.open() } catch { return error }
            return await withTaskGroup(of: ConsoleError?.self) { group in
                group.addTask {
                    do throws(ConsoleError) {
                        _ = try await console.send("show tech", timeout: .seconds(500))
                        return nil
                    } catch { return error }
                }
                while !transport.writes.contains("show tech\n") { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
        }
        #expect(error?.kind == .cancelled)
        let next = await drive(transport) { () -> ConsoleError? in
            do throws(ConsoleError) {
                _ = try await console.send("show a", timeout: .seconds(1))
                return nil
            } catch { return error }
        }
        #expect(next?.kind == .unusable)
    }

    @Test func throwsAtTheDeadline_whenDeviceNeverPrompts() async throws {
        let transport = ScriptedTransport(greeting: "Welcome to nowhere\r\n") { _ in nil }
        let console = try console(transport)
        let error = await drive(transport, advancing: .milliseconds(500)) { () -> ConsoleError? in
            do throws(ConsoleError) {
                try await console.open(deadline: transport.loop.now + .seconds(15))
                return nil
            } catch { return error }
        }
        #expect(error?.kind == .neverPrompted)
        #expect(error?.seen == "Welcome to nowhere\\r\\n")
    }

    @Test func entersModesAndSaysFarewell() async throws {
        let transport = device()
        let console = try console(transport)
        let result = await drive(transport) { () -> Result<(String, String), any Error> in
            do {
                try await console.open()
                try await console.enterMode("privileged_exec", timeout: .seconds(5))
                let state = await (console.mode, console.prompt)
                await console.close()
                return .success(state)
            } catch { return .failure(error) }
        }
        let (mode, prompt) = try result.get()
        #expect(mode == "privileged_exec")
        #expect(prompt == "r1#")
        #expect(transport.writes.last == "exit\n")
    }
}
