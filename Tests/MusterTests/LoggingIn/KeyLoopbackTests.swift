import Foundation
import MusterInventory
import MusterSSH
import MusterSSHConfig
import MusterTestSupport
import MusterTransport
import Synchronization
import Testing

@testable import Muster

/// Logging in with key files, to OpenSSH's own server.
@Suite(.timeLimit(.minutes(5))) struct KeyLoopbackTests {
    private func target(_ server: OpenSSHServer, _ name: String = "sshd", identities: [String]? = nil) -> Device {
        Device(
            name: name, address: "127.0.0.1", port: server.port, platform: "linux", user: server.user,
            identities: identities ?? [server.userKey])
    }

    @Test func manyDevicesWithOneEncryptedKey_costOneDecryption() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let devices = (1...6).map { number -> Device in
                    var device = target(server, "sshd\(number)")
                    device.passphrase = Secret(Hush.passphrase)
                    return device
                }
                let environment = try await DeviceEnvironment.load(devices: devices, options: bench.options) { _ in }
                let opened = await withTaskGroup(of: Bool.self) { group in
                    for device in devices {
                        group.addTask {
                            let login = DeviceLogin(device: device, environment: environment, loop: Loops.next())
                            guard let open = try? await login.run() else { return false }
                            await open.close()
                            return true
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(opened == 6)
                #expect(environment.keys.decryptions == 1)
                await environment.close()
            }
        }
    }

    @Test func passphrase_isAskedOnce_forAllWhoWait() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let questions = Mutex<[String]>([])
                var options = bench.options
                options.ask = { question in
                    questions.withLock { $0.append(question) }
                    return Secret(questions.withLock { $0.count } == 1 ? Hush.wrong : Hush.passphrase)
                }
                let record = try await bench.run(["true"], on: (1...5).map { target(server, "sshd\($0)") }, options: options)
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.compactMap(\.error))")
                #expect(questions.withLock { $0.count } == 2)
                #expect(questions.withLock { $0.allSatisfy { $0.contains(server.userKey) } })
            }
        }
    }

    @Test func wrongPassphrase_isTriedThreeTimes_andTold() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let questions = Mutex(0)
                var options = bench.options
                options.ask = { _ in
                    questions.withLock { $0 += 1 }
                    return Secret(Hush.wrong)
                }
                let record = try await bench.run(["true"], on: (1...3).map { target(server, "sshd\($0)") }, options: options)
                for result in record.results {
                    #expect(result.error?.code == .credential)
                    #expect(result.error?.message.contains("\(server.userKey): wrong passphrase") == true, "\(result.error?.message ?? "")")
                }
                #expect(questions.withLock { $0 } == 3)
            }
        }
    }

    @Test func passphraseThatNobodyGave_isNotAskedForInTheHint() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                var options = bench.options
                options.ask = { _ in throw CancellationError() }
                let error = try await bench.run(["true"], on: [target(server)], options: options).results[0].error
                #expect(error?.message.contains("it is encrypted, and nobody gave its passphrase") == true, "\(error?.message ?? "")")
                #expect(error?.hint == "set `passphrase`, or add the key to an agent (ssh-add)")
            }
        }
    }

    @Test func passphraseThatNobodyHas_isToldWithAHint() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let error = try await bench.run(["true"], on: [target(server)]).results[0].error
                #expect(error?.code == .credential)
                #expect(error?.message.contains("it is encrypted, and there is no passphrase") == true, "\(error?.message ?? "")")
                #expect(error?.hint?.contains("set `passphrase`") == true)
            }
        }
    }

    @Test func keyThatTheDeviceDoesNotWant_isNotAskedFor() async throws {
        try await withOpenSSHServer { server in
            try await withTemporaryFolder { folder in
                try await makeKey(type: "ed25519", path: "\(folder)/other", passphrase: Hush.passphrase)
                try await withBench { bench in
                    var options = bench.options
                    options.ask = { _ in
                        Issue.record("nobody is to be asked")
                        return Secret("")
                    }
                    let record = try await bench.run(
                        ["true"], on: [target(server, identities: ["\(folder)/other", server.userKey])], options: options)
                    #expect(record.results[0].status == .ok, "\(String(describing: record.results[0].error))")
                }
            }
        }
    }

    @Test func wrongPassphraseOfTheInventory_leavesTheOtherKey() async throws {
        try await withOpenSSHServer { server in
            try await withTemporaryFolder { folder in
                try await makeKey(type: "ed25519", path: "\(folder)/other", passphrase: Hush.passphrase)
                try await withBench { bench in
                    var device = target(server, identities: ["\(folder)/other", server.userKey])
                    device.passphrase = Secret(Hush.wrong)
                    #expect(try await bench.run(["true"], on: [device]).results[0].status == .ok)
                    device.identities = ["\(folder)/other"]
                    let error = try await bench.run(["true"], on: [device]).results[0].error
                    #expect(error?.code == .credential)
                    #expect(error?.message.contains("wrong passphrase") == true)
                    #expect(error?.hint == "check `passphrase`")
                }
            }
        }
    }

    @Test func fileThatOthersCanRead_isNotUsed() async throws {
        try await withOpenSSHServer { server in
            chmod(server.userKey, 0o644)
            try await withBench { bench in
                let error = try await bench.run(["true"], on: [target(server)]).results[0].error
                #expect(error?.code == .credential)
                #expect(error?.message.contains("others can read it (its mode is 0644)") == true, "\(error?.message ?? "")")
                #expect(error?.hint == "chmod 600 \(server.userKey)")
            }
        }
    }

    @Test(arguments: [["-m", "PEM"], ["-m", "PKCS8"], ["-b", "521"]])
    func otherFormats_logIn(options: [String]) async throws {
        try await withOpenSSHServer { server in
            try await withTemporaryFolder { folder in
                try await makeKey(type: "ecdsa", path: "\(folder)/key", passphrase: Hush.passphrase, options: options)
                try FileManager.default.removeItem(atPath: "\(server.userKey).pub")
                // A form that does not tell its public half: it is decrypted first.
                try FileManager.default.moveItem(atPath: "\(folder)/key.pub", toPath: "\(server.userKey).pub")
                try await withBench { bench in
                    var options = bench.options
                    options.ask = { _ in Secret(Hush.passphrase) }
                    let record = try await bench.run(["true"], on: [target(server, identities: ["\(folder)/key"])], options: options)
                    #expect(record.results[0].status == .ok, "\(String(describing: record.results[0].error))")
                }
            }
        }
    }

    @Test(arguments: ["", Hush.passphrase]) func rsaKey_logsInBySHA2(passphrase: String) async throws {
        try await withOpenSSHServer(userKeyType: "rsa", passphrase: passphrase) { server in
            try await withBench { bench in
                var device = target(server)
                if !passphrase.isEmpty { device.passphrase = Secret(passphrase) }
                let result = try await bench.run(["true"], on: [device]).results[0]
                guard LibSSH2.lacksRSASHA2, !passphrase.isEmpty else {
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                    return
                }
                // Where libssh2 decrypts and signs itself, it is by SHA-1.
                #expect(result.error?.code == .authentication)
                #expect(result.error?.hint?.contains("SHA-1") == true)
            }
        }
    }

    @Test func encryptedRSAKeyOfOpenSSHsOwnForm_isDecryptedOnce_byAnAgentOfTheRun() async throws {
        try await withOpenSSHServer(userKeyType: "rsa", passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                var options = bench.options
                options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
                let devices = (1...6).map { number -> Device in
                    var device = target(server, "sshd\(number)")
                    device.passphrase = Secret(Hush.passphrase)
                    return device
                }
                let record = try await bench.run(["true"], on: devices, options: options)
                // By SHA-2, too, which libssh2 1.10 has none of where it decrypts the key itself.
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.compactMap(\.error))")
            }
        }
    }

    @Test func rsaKeyThatIsNotWanted_isRefusedAllTheSame() async throws {
        try await withOpenSSHServer { server in
            try await withTemporaryFolder { folder in
                try await makeKey(type: "rsa", path: "\(folder)/key")
                try await withBench { bench in
                    let error = try await bench.run(["true"], on: [target(server, identities: ["\(folder)/key"])]).results[0].error
                    #expect(error?.code == .authentication)
                    // It was offered by SHA-2 as well.
                    #expect(error?.hint?.contains("SHA-1") == false)
                }
            }
        }
    }

    @Test(arguments: ["ecdsa", "ed25519"]) func certificate_logsIn_whereLibSSH2Can(type: String) async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/ca")
            try await makeKey(type: type, path: "\(folder)/key")
            let status = await Program.runAsync([
                "/usr/bin/ssh-keygen", "-q", "-s", "\(folder)/ca", "-I", "test", "-n", NSUserName(), "\(folder)/key.pub",
            ])
            #expect(status == 0)
            try await withOpenSSHServer(configuration: ["TrustedUserCAKeys \(folder)/ca.pub"]) { server in
                try await withBench { bench in
                    let result = try await bench.run(["true"], on: [target(server, identities: ["\(folder)/key"])]).results[0]
                    if LibSSH2.canUse(certificate: "\(type == "ecdsa" ? "ecdsa-sha2-nistp256" : "ssh-ed25519")-cert-v01@openssh.com") {
                        #expect(result.status == .ok, "\(String(describing: result.error))")
                    } else {
                        #expect(result.error?.message.contains("cannot log in with certificates of the type") == true)
                    }
                }
            }
        }
    }

    @Test func certificateFile_belongsToItsKey() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/ca")
            try await makeKey(type: "ecdsa", path: "\(folder)/key")
            _ = await Program.runAsync([
                "/usr/bin/ssh-keygen", "-q", "-s", "\(folder)/ca", "-I", "test", "-n", NSUserName(), "\(folder)/key.pub",
            ])
            try FileManager.default.moveItem(atPath: "\(folder)/key-cert.pub", toPath: "\(folder)/elsewhere.pub")
            try await withOpenSSHServer(configuration: ["TrustedUserCAKeys \(folder)/ca.pub"]) { server in
                try await withBench { bench in
                    var device = target(server, identities: ["\(folder)/key"])
                    #expect(try await bench.run(["true"], on: [device]).results[0].error?.code == .authentication)
                    device.ssh.certificateFiles = ["\(folder)/elsewhere.pub"]
                    let result = try await bench.run(["true"], on: [device]).results[0]
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                }
            }
        }
    }

    // MARK: ssh_config

    @Test func keywordsThatForbid_areObeyed() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                var device = target(server)
                device.ssh.disabledAuthentications = ["publickey"]
                var error = try await bench.run(["true"], on: [device]).results[0].error
                #expect(error?.code == .credential)
                #expect(error?.message.contains("ssh_config leaves out the method publickey") == true, "\(error?.message ?? "")")
                device.ssh.disabledAuthentications = []
                device.ssh.preferredAuthentications = ["password"]
                error = try await bench.run(["true"], on: [device]).results[0].error
                #expect(error?.code == .credential)
                device.ssh.preferredAuthentications = ["password", "publickey"]
                #expect(try await bench.run(["true"], on: [device]).results[0].status == .ok)
                device.ssh.publicKeyAlgorithms = AlgorithmList(.remove, ["ssh-ed25519"])
                error = try await bench.run(["true"], on: [device]).results[0].error
                #expect(error?.message.contains("PubkeyAcceptedAlgorithms") == true, "\(error?.message ?? "")")
            }
        }
    }
}
