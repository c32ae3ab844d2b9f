package import MusterSSH
import MusterTransport

/// A look at one device, on one event loop.
package struct SurveyVisit: Sendable {
    package let device: Device
    let survey: Survey
    let loop: Loop

    /// What the version line claims; nobody needs to know the version.
    private static let version = "Muster"

    /// What the device offers before anyone has logged in.
    package func offer() async throws(MusterError) -> ServerOffer {
        let began = loop.now
        let deadline = began + survey.connectTimeout
        let transport = try await survey.dial(device, loop, deadline)
        do throws(SSHError) {
            return try await OfferProbe(transport: transport).offer(version: Self.version, deadline: deadline)
        } catch {
            throw wrapped(error, since: began)
        }
    }

    /// The host keys of the device, which it has proved to own: one connection for each type.
    ///
    /// - Parameter types: The key types that matter; all when nil.
    package func hostKeys(types: Set<String>? = nil) async throws(MusterError) -> HostKeyScan {
        let offer = try await offer()
        var scan = HostKeyScan(offer: offer)
        for type in scan.types where types?.contains(type) ?? true {
            guard !LibSSH2.hostKeyAlgorithms.isDisjoint(with: offer[.hostKey].filter { HostKeyType.type(of: $0) == type }) else {
                let names = offer[.hostKey].filter { HostKeyType.type(of: $0) == type }.joined(separator: ", ")
                scan.unread.append(.init(type: type, reason: "offered by \(names), which libssh2 \(LibSSH2.version) does not know"))
                continue
            }
            do throws(MusterError) {
                scan.keys.append(try await hostKey(type: type))
            } catch {
                if error.code == .cancelled { throw error }
                scan.unread.append(.init(type: type, reason: error.message))
            }
        }
        return scan
    }

    /// The host key of one type.
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
