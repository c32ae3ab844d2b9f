import Foundation
import MusterInventory
import MusterLab
import MusterSSH
import MusterTestSupport
import MusterTransport
import Synchronization
import Testing

@testable import Muster

/// Logging in with an agent's keys: OpenSSH's agent, and some that are not well.
@Suite(.timeLimit(.minutes(5))) struct AgentLoopbackTests {
    private func target(_ server: OpenSSHServer, _ name: String = "sshd", agent: String? = nil) -> Device {
        var device = Device(name: name, address: "127.0.0.1", port: server.port, platform: "linux", user: server.user)
        if let agent { device.credentials = [LoginCredential(.agent(socket: agent))] }
        return device
    }

    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func keyOfTheAgent_logsIn(type: String) async throws {
        try await withOpenSSHServer(userKeyType: type) { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                try await withBench { bench in
                    let record = try await bench.run(["true"], on: (1...4).map { target(server, "sshd\($0)", agent: socket) })
                    #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.compactMap(\.error))")
                }
            }
        }
    }

    @Test func agentOfTheEnvironment_isUsed_whenNothingElseIsSaid() async throws {
        try await withOpenSSHServer { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                try await withBench { bench in
                    var options = bench.options
                    options.agentSocket = socket
                    #expect(try await bench.run(["true"], on: [target(server)], options: options).results[0].status == .ok)
                    var device = target(server)
                    device.ssh.identityAgent = SSHSettings.IdentityAgent.none
                    let left = try await bench.run(["true"], on: [device], options: options).results[0]
                    #expect(left.status == .unreachable)
                    #expect(left.error?.message.contains("agent") == false, "\(left.error?.message ?? "")")
                    // A password is what the user said.
                    device = target(server)
                    device.password = Secret(Hush.wrong)
                    let error = try await bench.run(["true"], on: [device], options: options).results[0].error
                    #expect(error?.message.contains("(tried: password)") == true, "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test func encryptedFile_isSignedForByTheAgent_thatHasItsKey() async throws {
        try await withOpenSSHServer { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                // The same key, locked since.
                #expect(
                    await Program.runAsync([
                        "/usr/bin/ssh-keygen", "-q", "-p", "-N", Hush.passphrase, "-Z", "aes256-ctr", "-f", server.userKey,
                    ])
                        == 0)
                try await withBench { bench in
                    var options = bench.options
                    options.agentSocket = socket
                    options.ask = { _ in
                        Issue.record("the agent has the key")
                        return Secret("")
                    }
                    var device = target(server)
                    device.identities = [server.userKey]
                    #expect(try await bench.run(["true"], on: [device], options: options).results[0].status == .ok)
                    // And so it is when there is a public half alone.
                    try FileManager.default.removeItem(atPath: server.userKey)
                    let result = try await bench.run(["true"], on: [device], options: options).results[0]
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                }
            }
        }
    }

    @Test func manyKeysAndFewTries_isExplained_andSolvedByNamingTheKey() async throws {
        try await withOpenSSHServer(configuration: ["MaxAuthTries 3"]) { server in
            try await withTemporaryFolder { folder in
                var keys: [String] = []
                for number in 1...49 {
                    keys.append("\(folder)/k\(number)")
                    try await makeKey(type: "ed25519", path: keys[number - 1])
                }
                try await withSSHAgent(keys: keys + [server.userKey]) { socket in
                    try await withBench { bench in
                        var options = bench.options
                        options.agentSocket = socket
                        let error = try await bench.run(["true"], on: [target(server)], options: options).results[0].error
                        #expect(error?.code == .authentication)
                        #expect(error?.message.contains("tried: 3 of 50 keys of the agent") == true, "\(error?.message ?? "")")
                        #expect(error?.message.contains("Too many authentication failures") == true, "\(error?.message ?? "")")
                        #expect(error?.hint?.contains("`identity`") == true && error?.hint?.contains("IdentitiesOnly") == true)
                        // IdentityFile in ssh_config: that key first, and with IdentitiesOnly no other.
                        for only in [false, true] {
                            var device = target(server)
                            device.identities = [server.userKey]
                            device.ssh.identitiesAreOptional = true
                            device.ssh.identitiesOnly = only
                            let result = try await bench.run(["true"], on: [device], options: options).results[0]
                            #expect(result.status == .ok, "\(String(describing: result.error))")
                        }
                        // What else there is gets its turn over another connection, for which ssh has "Too many authentication failures".
                        for (key, isRight) in [(server.userKey, true), ("\(folder)/stranger", false)] {
                            if !isRight { try await makeKey(type: "ed25519", path: key) }
                            var device = target(server, agent: socket)
                            device.credentials.append(LoginCredential(.identity(path: key, passphrase: nil)))
                            let result = try await bench.run(["true"], on: [device]).results[0]
                            #expect((result.status == .ok) == isRight, "\(String(describing: result.error))")
                            guard !isRight, let error = result.error else { continue }
                            #expect(error.message.contains("(tried: 3 of 50 keys of the agent, public key \(key)); "), "\(error.message)")
                            #expect(error.message.contains("; at the keys, the device disconnected: Too many"), "\(error.message)")
                            #expect(error.hint?.contains("IdentitiesOnly") == true)
                        }
                        var device = target(server)
                        device.identities = [keys[0]]
                        device.ssh.identitiesAreOptional = true
                        device.ssh.identitiesOnly = true
                        let other = try await bench.run(["true"], on: [device], options: options).results[0].error
                        #expect(other?.message.contains("tried: agent key muster-test") == true, "\(other?.message ?? "")")
                    }
                }
            }
        }
    }

    // MARK: Agents that are not well

    /// An agent that lists one key, which nobody but the file's owner can sign for, and then does as it likes.
    private func withAgent<R>(
        listing key: String?, _ then: @escaping @Sendable (Int32) -> Void, _ body: (String, @escaping @Sendable () -> Int) async throws -> R
    ) async throws -> R {
        let line = try key.map { try String(contentsOfFile: "\($0).pub", encoding: .utf8) }
        let blob = line.flatMap { PublicKey(line: $0)?.blob }
        let connections = Mutex(0)
        return try await withTemporaryFolder { folder in
            try await withUnixServer(path: "\(folder)/agent") { connection in
                connections.withLock { $0 += 1 }
                if let blob {
                    func number(_ value: Int) -> [UInt8] {
                        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
                    }
                    var request = [UInt8](repeating: 0, count: 5)
                    guard read(connection, &request, 5) == 5 else { return }
                    let answer = [12] + number(1) + number(blob.count) + blob + number(0)
                    write(number(answer.count) + answer, to: connection)
                }
                then(connection)
            } _: {
                let count: @Sendable () -> Int = { connections.withLock { $0 } }
                return try await body("\(folder)/agent", count)
            }
        }
    }

    @Test(arguments: [false, true]) func agentThatHangs_delaysNobodyForLongerThanItsLimit(lists: Bool) async throws {
        try await withOpenSSHServer { server in
            try await withAgent(listing: lists ? server.userKey : nil, { readToEnd(of: $0) }) { socket, connections in
                try await withBench { bench in
                    var options = bench.options
                    options.agentTimeout = .seconds(1)
                    var second = target(server, "second", agent: socket)
                    second.identities = [server.userKey]
                    var third = target(server, "third", agent: socket)
                    third.credentials = []
                    third.identities = [server.userKey]
                    let record = try await bench.run(
                        ["true"], on: [target(server, "first", agent: socket), second, third], options: options)
                    let error = try record.result("first").error
                    #expect(error?.code == .credential)
                    #expect(error?.message.contains("the agent did not answer within 1s") == true, "\(error?.message ?? "")")
                    // They have something else.
                    let others = [try record.result("second"), try record.result("third")]
                    #expect(others.allSatisfy { $0.status == .ok }, "\(others.compactMap(\.error))")
                    #expect(connections() == 1)
                }
            }
        }
    }

    /// Signing waits until a device, whose time is longer than theirs, has run out of it.
    @Test func slowAgent_isNotAtTheDevicesExpense() async throws {
        let silent = LabDevice("silent", address: "127.2.0.1", faults: [.stallAt(.auth)])
        try await withOpenSSHServer { server in
            try await withSSHAgent(keys: [server.userKey]) { real in
                let gate = DispatchSemaphore(value: 0)
                try await withTemporaryFolder { folder in
                    try await withUnixServer(path: "\(folder)/agent") { connection in
                        relayToAgent(connection, at: real) { gate.wait() }
                    } _: {
                        try await withBench([silent], waits: true) { bench in
                            var options = bench.options
                            options.agentTimeout = .seconds(100)
                            var late = bench.device(silent)
                            late.ssh.connectTimeout = .seconds(8)
                            let prompt = (1...3).map { number in
                                var device = target(server, "sshd\(number)", agent: "\(folder)/agent")
                                device.ssh.connectTimeout = .seconds(6)
                                return device
                            }
                            let log = EventLog()
                            async let run = bench.run(["true"], on: [late] + prompt, options: options, log: log)
                            await log.waitForFinished(1)
                            for _ in prompt { gate.signal() }
                            let record = try await run
                            #expect(log.finished.first == "silent")
                            #expect(try record.result("silent").status == .timeout)
                            for device in prompt {
                                let result = try record.result(device.name)
                                #expect(result.status == .ok, "\(String(describing: result.error))")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [false, true]) func agentThatCloses_isAnError(lists: Bool) async throws {
        try await withOpenSSHServer { server in
            let leave: @Sendable (Int32) -> Void = { connection in
                guard lists else { return }
                var request = [UInt8](repeating: 0, count: 4)
                _ = read(connection, &request, 4)
            }
            try await withAgent(listing: lists ? server.userKey : nil, leave) { socket, connections in
                try await withBench { bench in
                    let record = try await bench.run(["true"], on: (1...3).map { target(server, "sshd\($0)", agent: socket) })
                    for result in record.results {
                        #expect(result.error?.code == .credential)
                        #expect(result.error?.message.contains("the agent closed the connection") == true, "\(result.error?.message ?? "")")
                    }
                    #expect(connections() == 1)
                }
            }
        }
    }

    @Test func agentThatRefusesToSign_leavesTheFile() async throws {
        try await withOpenSSHServer { server in
            let refuse: @Sendable (Int32) -> Void = { connection in
                var buffer = [UInt8](repeating: 0, count: 4096)
                while read(connection, &buffer, buffer.count) > 0 { write([0, 0, 0, 1, 5], to: connection) }
            }
            try await withAgent(listing: server.userKey, refuse) { socket, _ in
                try await withBench { bench in
                    var device = target(server, agent: socket)
                    let error = try await bench.run(["true"], on: [device]).results[0].error
                    #expect(error?.message.contains("the agent refused to sign") == true, "\(error?.message ?? "")")
                    device.identities = [server.userKey]
                    let result = try await bench.run(["true"], on: [device]).results[0]
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                }
            }
        }
    }

    @Test func agentThatIsNotThere_isToldApart() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                var error = try await bench.run(["true"], on: [target(server, agent: "\(bench.folder)/none")]).results[0].error
                #expect(error?.message.contains("no connection to the agent at \(bench.folder)/none: ") == true, "\(error?.message ?? "")")
                var device = target(server)
                device.credentials = [LoginCredential(.agent(socket: nil))]
                error = try await bench.run(["true"], on: [device]).results[0].error
                #expect(error?.message.contains("SSH_AUTH_SOCK is not set") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func agent_isNotAsked_whenAPasswordDoes() async throws {
        try await withAgent(listing: nil, { readToEnd(of: $0) }) { socket, connections in
            try await withBench { bench in
                var device = bench.healthy[0]
                device.credentials = [LoginCredential(.password(Secret(Hush.password))), LoginCredential(.agent(socket: socket))]
                device.password = nil
                let result = try await bench.run(["show version"], on: [device]).results[0]
                #expect(result.status == .ok)
                #expect(connections() == 0)
            }
        }
    }
}

/// Hands questions on to an agent, and its answers back.
///
/// - Parameter beforeSigning: called before each question for a signature is handed on.
private func relayToAgent(_ connection: Int32, at path: String, beforeSigning: () -> Void) {
    let agent = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(agent) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(agent, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard connected == 0 else { return }
    func message(from descriptor: Int32) -> [UInt8]? {
        func bytes(_ count: Int) -> [UInt8]? {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: count)
            while all.count < count {
                let taken = read(descriptor, &buffer, count - all.count)
                guard taken > 0 else { return nil }
                all += buffer[..<taken]
            }
            return all
        }
        guard let head = bytes(4), let body = bytes(head.reduce(0) { $0 << 8 | Int($1) }) else { return nil }
        return head + body
    }
    while let question = message(from: connection) {
        if question[4] == 13 { beforeSigning() }
        write(question, to: agent)
        guard let answer = message(from: agent) else { return }
        write(answer, to: connection)
    }
}
