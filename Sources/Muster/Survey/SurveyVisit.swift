package import MusterSSH
import MusterTransport

/// A look at one device, on one event loop.
package struct SurveyVisit: Sendable {
    package let device: Device
    let survey: Survey
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
        let began = loop.now
        let deadline = began + survey.connectTimeout
        let transport = try await survey.dial(device, loop, deadline)
        do throws(SSHError) {
            return try await Probe(machine, over: transport).run(deadline: deadline)
        } catch {
            throw wrapped(error, since: began)
        }
    }

    /// The host key of one type, by a session that ends after the key exchange.
    private func hostKey(type: String) async throws(MusterError) -> HostKey {
        let began = loop.now
        let deadline = began + survey.connectTimeout
        let transport = try await survey.dial(device, loop, deadline)
        let session = SSHSession(transport: transport, preferences: .standard.limited(toHostKeyType: type))
        let timer = loop.schedule(at: deadline) { session.assumeIsolated { $0.expire() } }
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
            throw wrapped(error, since: began)
        }
    }

    private func wrapped(_ error: SSHError, since began: Instant) -> MusterError {
        let code: MusterError.Code =
            switch error.kind {
            case .noCommonAlgorithm: .noCommonAlgorithm
            case .connectionLost: .connectionLost
            case .timedOut: .timeout
            case .cancelled: .cancelled
            default: .handshake
            }
        let elapsed = error.kind == .timedOut ? " within \(survey.connectTimeout.shown)" : " (after \((loop.now - began).shown))"
        return MusterError(code, phase: .handshake, device: device.name, message: error.message + elapsed, hint: error.hint)
    }
}
