import MusterSSH
import Synchronization

/// Keeps a run from locking accounts: a credential that several devices refused is not offered to those that were not tried.
///
/// One for each run. Every way to log in asks it before it offers a credential, and tells it what came of that.
final class LoginBreaker: Sendable {
    private struct State {
        var counts: [CredentialIdentity: RefusalCount] = [:]
        var waiting: [Int: CheckedContinuation<LoginPermission, Never>] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// Makes a breaker.
    ///
    /// - Parameter limit: The refusals in a row after which a credential is not offered any more; 0 for never.
    init(limit: Int) {
        self.limit = limit
    }

    /// Why a credential would not be offered now; nil when it would be, though perhaps not at once.
    func reasonToWithhold(_ identity: CredentialIdentity) -> String? {
        guard limit > 0 else { return nil }
        return state.withLock { $0.counts[identity]?.isBroken == true } ? reason(identity) : nil
    }

    /// Asks to offer a credential, without waiting.
    ///
    /// - Returns: The permission; nil when it has to be waited for.
    func permissionNow(toOffer identity: CredentialIdentity) -> LoginPermission? {
        guard limit > 0 else { return .granted }
        return state.withLock { state in
            var count = state.counts[identity] ?? RefusalCount(limit: limit)
            let id = state.nextID
            let answer = count.request(id)
            if answer == .waits { _ = count.withdraw(id) }
            state.counts[identity] = count
            return permission(answer, identity)
        }
    }

    /// Waits until a credential may be offered.
    ///
    /// Whoever is granted it settles it afterwards, once.
    func permission(toOffer identity: CredentialIdentity) async -> LoginPermission {
        guard limit > 0 else { return .granted }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let permission: LoginPermission? = state.withLock { state in
                    // A cancellation from here on waits for the lock, and then finds who waits.
                    if Task.isCancelled { return .cancelled }
                    let answer = state.counts[identity, default: RefusalCount(limit: limit)].request(id)
                    if answer == .waits { state.waiting[id] = continuation }
                    return self.permission(answer, identity)
                }
                if let permission { continuation.resume(returning: permission) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<LoginPermission, Never>? in
                guard state.counts[identity]?.withdraw(id) == true else { return nil }
                return state.waiting.removeValue(forKey: id)
            }
            waiter?.resume(returning: .cancelled)
        }
    }

    /// Takes in what came of an offer that was granted.
    func settle(_ identity: CredentialIdentity, _ outcome: LoginOffer) {
        change(identity) { count in
            switch outcome {
            case .accepted: count.settle(.accepted)
            case .refused: count.settle(.refused)
            case .undecided: count.settle(.undecided)
            }
        }
    }

    /// Takes in what became of a login in which keys were refused before something else was offered.
    ///
    /// A key that is refused on the way in does no harm: only logins that fail count against keys.
    func concluded(refusedKeys: [CredentialIdentity], loggedIn: Bool) {
        for key in refusedKeys { change(key) { loggedIn ? $0.free() : $0.addRefusal() } }
    }

    private func change(_ identity: CredentialIdentity, _ work: (inout RefusalCount) -> [(id: Int, answer: RefusalCount.Answer)]) {
        guard limit > 0 else { return }
        let ready = state.withLock { state in
            work(&state.counts[identity, default: RefusalCount(limit: limit)]).compactMap { id, answer in
                state.waiting.removeValue(forKey: id).map { ($0, answer) }
            }
        }
        for (continuation, answer) in ready {
            if let permission = permission(answer, identity) { continuation.resume(returning: permission) }
        }
    }

    private func permission(_ answer: RefusalCount.Answer, _ identity: CredentialIdentity) -> LoginPermission? {
        switch answer {
        case .granted: .granted
        case .waits: nil
        case .withheld: .withheld(reason(identity))
        }
    }

    private func reason(_ identity: CredentialIdentity) -> String {
        "the \(identity) was not offered, since \(limit == 1 ? "a device" : "\(limit) devices in a row") refused it"
    }
}
