package import MusterSSH
import MusterTransport

/// A look at one device, on one event loop.
package struct SurveyVisit: Sendable {
    package let device: Device
    let environment: DeviceEnvironment
    let loop: Loop

    /// What the device offers before anyone has logged in.
    package func offer() async throws(MusterError) -> ServerOffer {
        try await probe(OfferMachine())
    }

    /// The host keys of the device, which it has proved to own: one connection for each type.
    package func hostKeys() async throws(MusterError) -> HostKeyScan {
        let offer = try await offer()
        var scan = HostKeyScan(offer: offer)
        for type in scan.types {
            let algorithms = offer[.hostKey].filter { HostKeyType.type(of: $0) == type }
            do throws(MusterError) {
                if !LibSSH2.hostKeyAlgorithms.isDisjoint(with: algorithms) {
                    scan.keys.append(try await hostKey(type: type))
                } else if type == "ssh-rsa", RSAKeyMachine.suits(offer), let machine = RSAKeyMachine() {
                    scan.keys.append(try await probe(machine))
                } else {
                    let reason = "offered by \(algorithms.joined(separator: ", ")), which libssh2 \(LibSSH2.version) does not know"
                    scan.unread.append(.init(type: type, reason: reason))
                }
            } catch {
                if error.code == .cancelled { throw error }
                scan.unread.append(.init(type: type, reason: error.message))
            }
        }
        return scan
    }

    private func probe<Machine: ProbeMachine>(_ machine: Machine) async throws(MusterError) -> Machine.Outcome {
        let login = DeviceLogin(device: device, environment: environment, loop: loop)
        let transport = try await login.connect()
        login.enter(.handshake)
        do throws(SSHError) {
            return try await Probe(machine, over: transport).run(deadline: login.deadline)
        } catch {
            throw login.wrapped(error)
        }
    }

    /// The host key of one type, by a session that ends after the key exchange.
    private func hostKey(type: String) async throws(MusterError) -> HostKey {
        let login = DeviceLogin(device: device, environment: environment, loop: loop)
        let transport = try await login.connect()
        login.enter(.handshake)
        // Old algorithms do no harm: nothing is sent that is a secret.
        let session = SSHSession(transport: transport, preferences: .legacy.limited(toHostKeyType: type))
        let timer = loop.schedule(at: login.deadline) { session.assumeIsolated { $0.expire() } }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            do throws(SSHError) {
                return Result<HostKey, SSHError>.success(try await session.handshake())
            } catch {
                return Result<HostKey, SSHError>.failure(error)
            }
        } onCancel: {
            session.cancel()
        }
        await session.close()
        do throws(SSHError) {
            return try result.get()
        } catch {
            throw login.wrapped(error)
        }
    }
}
