import MusterConsole
import MusterSSH
import MusterTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension DeviceLogin {
    /// Logs in by libssh2, and by the system's `ssh` where that has what alone was lacking.
    func runAuto(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        do {
            return try await runSSH(platform)
        } catch {
            guard await goesOnWithOpenSSH(after: error) else { throw error }
            return try await runOpenSSH(platform)
        }
    }

    /// Whether the system's `ssh` has what libssh2 lacked, where that alone was the reason for a failure; a warning says so.
    func goesOnWithOpenSSH(after error: MusterError) async -> Bool {
        guard let gap = await lack(after: error), let openSSH = environment.openSSH, openSSH.fills(gap) else { return false }
        warn("goes on with the system's ssh: \(error.message)")
        // A key that was pinned on the first way must be known on the second.
        await environment.knownHosts.flush()
        clock.enter(.resolve, at: loop.now)
        return true
    }

    /// What libssh2 lacked, where that alone was the reason for a failure.
    func lack(after error: MusterError) async -> SSHError.Gap? {
        if gap == nil { gap = await lackingKeyType(after: error) }
        return gap
    }

    /// The kind of key that libssh2 cannot use, when a login failed and the device has nothing but keys to log in with.
    ///
    /// Where there is a password too, it may have been refused, and another client would only try it again.
    private func lackingKeyType(after error: MusterError) async -> SSHError.Gap? {
        guard error.code == .credential || error.code == .authentication, !device.hasPassword else { return nil }
        if device.namesKeyProvider { return .keyType("key of a security module") }
        for path in device.keyPaths {
            guard let file = environment.keys.file(path) else { continue }
            if case .unknownType(let type)? = file.problem, type.hasPrefix("sk-") { return .keyType("security key") }
            let known = environment.keys.certificates(for: file, named: device.ssh.certificateFiles)
            if !known.isEmpty {
                if known.contains(where: { !LibSSH2.canUse(certificate: $0.type) }) { return .keyType("certificate") }
                continue
            }
            let certificate = path + "-cert.pub"
            // Whether it may be used at all is for ssh to say.
            if (try? await Blocking.run { access(certificate, R_OK) == 0 }) == true { return .keyType("certificate") }
        }
        for agent in agents where await lacksKeys(of: agent) { return .keyType("key of the agent") }
        return nil
    }

    /// The agents whose keys are offered to the device.
    private var agents: [Agent] {
        let ring = environment.keys
        let configured: String? = if case .socket(let path)? = device.ssh.identityAgent { path } else { nil }
        let named = device.credentials.compactMap { credential -> Agent? in
            if case .agent(let socket) = credential.kind { ring.agent(at: socket ?? configured) } else { nil }
        }
        guard named.isEmpty, device.usesAgentByItself(hasAgent: ring.agent() != nil) else { return named }
        return ring.agent(at: configured).map { [$0] } ?? []
    }

    /// Whether an agent has a security key or a certificate that libssh2 passes over.
    private func lacksKeys(of agent: Agent) async -> Bool {
        do throws(AgentProblem) {
            return try await agent.keys().map(\.publicKey).contains { key in
                key.type.hasPrefix("sk-") || key.isCertificate && !LibSSH2.canUse(certificate: key.type)
            }
        } catch {
            return false
        }
    }
}
