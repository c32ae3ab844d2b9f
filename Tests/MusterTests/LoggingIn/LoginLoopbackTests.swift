import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Ways in, one after the other, and servers that are hard to get into.
@Suite(.timeLimit(.minutes(5))) struct LoginLoopbackTests {
    private let lab = LabDevice("r1", address: "127.1.0.1")

    private func device(_ faults: LabFault...) -> LabDevice { LabDevice("r1", address: "127.1.0.1", faults: faults) }

    @Test func eachUserGetsAConnectionOfItsOwn() async throws {
        try await withBench([lab]) { bench in
            var target = bench.device(lab, password: nil)
            target.user = "nobody"
            target.credentials = [
                LoginCredential(.password(Secret(Hush.wrong))), LoginCredential(.password(Secret(Hush.password)), user: "netops"),
            ]
            let result = try await bench.badDay(target)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == 2)
            #expect(bench.lab.counts(at: lab.address).loginsRefused == 1)
        }
    }

    @Test func allUsersAreNamed_whenAllAreRefused() async throws {
        try await withBench([lab]) { bench in
            var target = bench.device(lab, password: nil)
            target.credentials = [
                LoginCredential(.password(Secret(Hush.wrong)), user: "one"), LoginCredential(.password(Secret(Hush.wrong)), user: "two"),
            ]
            let result = try await bench.badDay(target)
            #expect(result.error?.code == .authentication)
            #expect(result.error?.message.contains("user one was refused") == true)
            #expect(result.error?.message.contains("user two was refused") == true)
        }
    }

    @Test func listGoesBeforeTheDevicesOwnPassword() async throws {
        try await withBench([lab]) { bench in
            var target = bench.device(lab, password: Hush.wrong)
            target.credentials = [LoginCredential(.password(Secret(Hush.password)))]
            let result = try await bench.badDay(target)
            #expect(result.status == .ok)
            #expect(bench.lab.counts(at: lab.address).loginsRefused == 0)
        }
    }

    @Test func emptyPassword_isAPassword() async throws {
        let lab = device(.emptyPassword)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: ""))
            #expect(result.status == .ok)
            let other = try await bench.badDay(bench.device(lab))
            #expect(other.status == .unreachable)
        }
    }

    @Test func openDevice_needsNoCredential() async throws {
        let lab = device(.noLogin)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: nil))
            #expect(result.status == .ok)
        }
    }

    @Test func hangUpAfterARefusal_isARefusal() async throws {
        let lab = device(.loginTries(1))
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: Hush.wrong))
            #expect(result.error?.code == .authentication)
            #expect(result.error?.message.contains("user netops was refused (tried: password), and the device ") == true)
        }
    }

    @Test func passwordsAreTriedInOrder_untilTheDeviceHangsUp() async throws {
        let lab = device(.loginTries(2))
        try await withBench([lab]) { bench in
            var target = bench.device(lab, password: nil)
            target.credentials = (1...4).map { LoginCredential(.password(Secret("\(Hush.wrong)\($0)"))) }
            let result = try await bench.badDay(target)
            #expect(result.error?.code == .authentication)
            #expect(bench.lab.counts(at: lab.address).loginsRefused == 2)
        }
    }

    @Test(arguments: [LabFault.loginBanner(bytes: 65_536), .versionLines(bytes: 65_536)])
    func longBanner_doesNotDisturb(fault: LabFault) async throws {
        let lab = device(fault)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab))
            #expect(result.status == .ok, "\(String(describing: result.error))")
        }
    }

    // MARK: OpenSSH

    private func target(_ server: OpenSSHServer, identities: [String], password: String? = nil) -> Device {
        Device(
            name: "sshd", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user,
            password: password.map { Secret($0) }, identities: identities)
    }

    @Test func keyAndPassword_areToldApart_whenThePasswordIsTheWrongHalf() async throws {
        try await withOpenSSHServer(configuration: ["AuthenticationMethods publickey,password"]) { server in
            try await withBench { bench in
                let record = try await bench.run(
                    ["true"], on: [target(server, identities: [server.userKey], password: Hush.wrong)])
                let error = record.results[0].error
                #expect(error?.code == .authentication)
                // The methods are those of the second half: the key was good.
                #expect(error?.message.contains("; the device accepts password (after") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func twoKeys_oneAfterTheOther() async throws {
        try await withOpenSSHServer { other in
            let lines = ["AuthenticationMethods publickey,publickey"]
            try await withOpenSSHServer(configuration: lines) { server in
                try append(contentsOf: "\(other.userKey).pub", to: "\(server.userKey).pub")
                try await withBench { bench in
                    let record = try await bench.run(["true"], on: [target(server, identities: [server.userKey, other.userKey])])
                    #expect(record.results[0].status == .ok, "\(String(describing: record.results[0].error))")
                    let half = try await bench.run(["true"], on: [target(server, identities: [server.userKey])])
                    #expect(half.results[0].error?.code == .authentication)
                }
            }
        }
    }

    @Test func serverThatTakesOneTry_isAskedWhatItTakes_whenItHangsUpAtThePassword() async throws {
        // Without PAM it knows no answers, but takes them.
        let lines = ["AuthenticationMethods keyboard-interactive", "MaxAuthTries 1"]
        try await withOpenSSHServer(configuration: lines) { server in
            try await withBench { bench in
                let record = try await bench.run(["true"], on: [target(server, identities: [], password: Hush.wrong)])
                let error = record.results[0].error
                #expect(error?.code == .authentication, "\(String(describing: error))")
                #expect(error?.message.contains("(tried: keyboard-interactive)") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func serverThatTakesOneTry_tellsWhyItHungUp() async throws {
        try await withOpenSSHServer(configuration: ["MaxAuthTries 1"]) { server in
            try await withBench { bench in
                let record = try await bench.run(["true"], on: [target(server, identities: [], password: Hush.wrong)])
                let error = record.results[0].error
                #expect(error?.code == .authentication, "\(String(describing: error))")
                #expect(error?.message.contains("Too many authentication failures") == true, "\(error?.message ?? "")")
            }
        }
    }
}

private func append(contentsOf source: String, to path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8) + String(contentsOfFile: source, encoding: .utf8)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
}
