import MusterTransport
import Testing

@testable import MusterSSH

struct AgentMachineTests {
    private let start = Instant(nanoseconds: 1_000_000_000)
    private let key = PublicKey(blob: WireBytes.string(Array("ssh-ed25519".utf8)) + WireBytes.string([7]), comment: "me")

    private func open() -> AgentMachine {
        var machine = AgentMachine(limit: .seconds(10))
        #expect(machine.ask(.identities, id: 1, now: start) == [.connect])
        #expect(machine.connected(now: start) == [.send([0, 0, 0, 1, 11])])
        return machine
    }

    private func feed(_ machine: inout AgentMachine, _ bytes: [UInt8]) -> [AgentMachine.Action] {
        bytes.withUnsafeBytes { machine.receive($0, now: start) }
    }

    private var listing: [UInt8] {
        WireBytes.string([12] + WireBytes.integer(1) + WireBytes.string(key.blob) + WireBytes.string(Array("me".utf8)))
    }

    private func signature(_ algorithm: String) -> [UInt8] {
        WireBytes.string([14] + WireBytes.string(WireBytes.string(Array(algorithm.utf8)) + WireBytes.string([9, 9])))
    }

    @Test func keysAreListed_evenInPieces() {
        var machine = open()
        for byte in listing.dropLast() { #expect(feed(&machine, [byte]).isEmpty) }
        #expect(feed(&machine, [listing[listing.count - 1]]) == [.complete(id: 1, .success(.identities([AgentIdentity(publicKey: key)])))])
        #expect(machine.deadline == nil)
    }

    @Test func questionsGoOneAfterTheOther() {
        var machine = open()
        let request = AgentRequest.sign(blob: key.blob, message: [1], algorithm: "ssh-ed25519")
        #expect(machine.ask(request, id: 2, now: start).isEmpty)
        #expect(
            feed(&machine, listing) == [
                .complete(id: 1, .success(.identities([AgentIdentity(publicKey: key)]))), .send(request.bytes),
            ])
        #expect(feed(&machine, signature("ssh-ed25519")) == [.complete(id: 2, .success(.signature([9, 9])))])
    }

    @Test(arguments: [("ssh-rsa", 0), ("rsa-sha2-256", 2), ("rsa-sha2-512", 4), ("rsa-sha2-512-cert-v01@openssh.com", 4)])
    func hashOfRSASignatures_isAskedForByFlags(algorithm: String, flags: UInt8) {
        #expect(AgentRequest.sign(blob: [1], message: [2], algorithm: algorithm).bytes.last == flags)
    }

    @Test func signatureByAnotherAlgorithm_isNone() {
        let request = AgentRequest.sign(blob: [1], message: [2], algorithm: "rsa-sha2-512")
        #expect(AgentReply(signature("ssh-rsa")[4...], to: request) == nil)
        #expect(AgentReply(signature("rsa-sha2-512")[4...], to: request) == .signature([9, 9]))
    }

    @Test func refusal_isOfOneKeyOnly() {
        var machine = open()
        #expect(feed(&machine, [0, 0, 0, 1, 5]) == [.complete(id: 1, .success(.failure))])
        #expect(machine.failure == nil)
        #expect(machine.ask(.identities, id: 2, now: start) == [.send([0, 0, 0, 1, 11])])
    }

    @Test func silence_endsItForAll_atTheLimitAndNotBefore() {
        var machine = open()
        _ = machine.ask(.identities, id: 2, now: start)
        #expect(machine.tick(now: start + .seconds(9)).isEmpty)
        #expect(
            machine.tick(now: start + .seconds(10)) == [
                .complete(id: 1, .failure(.silent(seconds: 10))), .complete(id: 2, .failure(.silent(seconds: 10))), .close,
            ])
        // Nobody waits for it again.
        #expect(machine.ask(.identities, id: 3, now: start) == [.complete(id: 3, .failure(.silent(seconds: 10)))])
    }

    @Test func questionThatNobodyWaitsFor_isNotAsked() {
        var machine = open()
        let requests = (2...4).map { AgentRequest.sign(blob: key.blob, message: [$0], algorithm: "ssh-ed25519") }
        for (index, request) in requests.enumerated() { #expect(machine.ask(request, id: index + 2, now: start).isEmpty) }
        machine.withdraw(2)
        machine.withdraw(4)
        // The agent has this one already.
        machine.withdraw(1)
        #expect(
            feed(&machine, listing) == [
                .complete(id: 1, .success(.identities([AgentIdentity(publicKey: key)]))), .send(requests[1].bytes),
            ])
        #expect(feed(&machine, signature("ssh-ed25519")) == [.complete(id: 3, .success(.signature([9, 9])))])
        #expect(machine.deadline == nil)
    }

    @Test func agentIsNotLate_whenItsOnlyQuestionWasTakenBack() {
        var machine = AgentMachine(limit: .seconds(10))
        #expect(machine.ask(.identities, id: 1, now: start) == [.connect])
        machine.withdraw(1)
        #expect(machine.connected(now: start).isEmpty)
        #expect(machine.tick(now: start + .seconds(11)).isEmpty)
        #expect(machine.ask(.identities, id: 2, now: start + .seconds(12)) == [.send([0, 0, 0, 1, 11])])
    }

    @Test func limit_isForEachAnswer() {
        var machine = open()
        #expect(machine.deadline == start + .seconds(10))
        _ = feed(&machine, listing)
        #expect(machine.deadline == nil)
        _ = machine.ask(.identities, id: 2, now: start + .seconds(60))
        #expect(machine.deadline == start + .seconds(70))
    }

    @Test func agentThatCloses_isAnError() {
        var machine = open()
        #expect(machine.ended() == [.complete(id: 1, .failure(.closed))])
        #expect(machine.ask(.identities, id: 2, now: start) == [.complete(id: 2, .failure(.closed))])
    }

    @Test func idleConnectionThatEnds_isMadeAnew() {
        var machine = open()
        _ = feed(&machine, listing)
        #expect(machine.ended().isEmpty)
        #expect(machine.ask(.identities, id: 2, now: start) == [.connect])
    }

    @Test func nonsense_endsIt() {
        for bytes: [UInt8] in [
            [0, 0, 0, 1, 99], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], WireBytes.string([12] + WireBytes.integer(5)),
            signature("ssh-ed25519"),
        ] {
            var machine = open()
            #expect(feed(&machine, bytes) == [.complete(id: 1, .failure(.garbled)), .close], "\(bytes)")
        }
    }

    @Test func answerWithoutAQuestion_endsIt() {
        var machine = open()
        _ = feed(&machine, listing)
        #expect(feed(&machine, listing) == [.close])
        #expect(machine.failure == .garbled)
    }

    @Test func refusedConnection_isAnError() {
        var machine = AgentMachine(limit: .seconds(10))
        _ = machine.ask(.identities, id: 1, now: start)
        #expect(
            machine.cannotConnect(.unreachable(socket: "/s", "No such file or directory"))
                == [.complete(id: 1, .failure(.unreachable(socket: "/s", "No such file or directory")))])
    }
}
