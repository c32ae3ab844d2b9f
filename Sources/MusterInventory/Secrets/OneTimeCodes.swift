import Synchronization

/// One-time codes: each fetched once for a while, however many devices ask for it, and then anew.
///
/// A code of a token or an app is good for half a minute or so, and a person can't type one for each of hundreds of devices.
public final class OneTimeCodes: Sendable {
    /// What one code answers: a source of the inventory's, or a question of a device's to one user.
    public enum Origin: Sendable, Hashable {
        /// A source that the inventory names.
        case source(SecretSource)
        /// A question, for the person at the terminal.
        case question(String, user: String)
    }

    /// Why there is no code at hand.
    public enum Absence: Error, Sendable {
        /// It is to be fetched.
        case notFetched
        /// There is nowhere to fetch it from.
        case nobodyToAsk
    }

    private struct Entry {
        /// One for each code: those who come while it is being fetched wait for the same one.
        var resolver: SecretResolver
        var source: SecretSource
        var code: Secret?
        var fetched: Duration = .zero
    }

    private let state = Mutex<[Origin: Entry]>([:])
    private let window: Duration
    private let now: @Sendable () -> Duration
    private let environment: (@Sendable (String) -> String?)?
    private let ask: SecretResolver.Ask?

    /// Codes for one run.
    ///
    /// - Parameters:
    ///   - window: How long a code is used; those of TOTP (RFC 6238) change every 30 seconds.
    ///   - now: A steady clock's time since some beginning; nil for the system's.
    ///   - environment: Looks up an environment variable; nil for the process's own.
    ///   - ask: Asks a person; nil when there is none.
    public init(
        window: Duration = .seconds(25), now: (@Sendable () -> Duration)? = nil, environment: (@Sendable (String) -> String?)? = nil,
        ask: SecretResolver.Ask? = nil
    ) {
        let start = ContinuousClock.now
        self.window = window
        self.now = now ?? { ContinuousClock.now - start }
        self.environment = environment
        self.ask = ask
    }

    /// The code of an origin, if it is at hand and fresh.
    ///
    /// A plain source has one code for ever.
    public func atHand(_ origin: Origin) -> Result<Secret, Absence> {
        switch origin {
        case .source(.plain(let secret)): return .success(secret)
        case .source(.prompt), .question:
            if ask == nil { return .failure(.nobodyToAsk) }
        case .source: break
        }
        let code = state.withLock { entries -> Secret? in
            guard let entry = entries[origin], now() - entry.fetched < window else { return nil }
            return entry.code
        }
        guard let code else { return .failure(.notFetched) }
        return .success(code)
    }

    /// Fetches the code of an origin, unless it is at hand; a person is asked once for all who wait.
    ///
    /// A failure is remembered: a command that fails or a person who gives no answer is not asked again in this run.
    ///
    /// - Parameters:
    ///   - origin: Where the code comes from.
    ///   - device: The device that wants it first, for the person who is asked.
    /// - Throws: `SecretError`; what asking throws; `CancellationError`.
    public func fetch(_ origin: Origin, for device: String) async throws -> Secret {
        if case .success(let code) = atHand(origin) { return code }
        let (resolver, source) = state.withLock { entries -> (SecretResolver, SecretSource) in
            // The one whose code has been used up makes room for the next.
            if let entry = entries[origin], entry.code == nil { return (entry.resolver, entry.source) }
            let entry = Entry(resolver: SecretResolver(environment: environment, ask: ask), source: self.source(of: origin, device: device))
            entries[origin] = entry
            return (entry.resolver, entry.source)
        }
        let code = try await resolver.resolve(source)
        state.withLock { entries in
            guard entries[origin]?.resolver === resolver, entries[origin]?.code == nil else { return }
            entries[origin]?.code = code
            entries[origin]?.fetched = now()
        }
        return code
    }

    /// Forgets a code that was refused, so that the next device gets a new one.
    public func forget(_ code: Secret, of origin: Origin) {
        state.withLock { entries in
            if entries[origin]?.code == code { entries[origin] = nil }
        }
    }

    private func source(of origin: Origin, device: String) -> SecretSource {
        switch origin {
        case .source(let source): source
        case .question(let question, let user): .prompt("\(device) asks \(user): \(question)")
        }
    }
}
