import MusterSSH
import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the `ssh` children of a run share.
final class OpenSSHEnvironment: Sendable {
    let options: OpenSSHOptions
    let knownHostsFiles: [String]
    /// Where secrets are asked for; `nil` without a helper that could ask.
    let desk: AskpassDesk?
    /// The algorithms that this `ssh` knows; empty when nobody needs them.
    let algorithms: OpenSSHAlgorithms
    /// The variables of this process.
    let variables: [String: String]
    /// Where the keys are written that the inventory pins.
    let pins = PinFiles()
    /// Those that are logged in to bastions.
    let masters = OpenSSHMasters()

    private init(options: RunOptions, desk: AskpassDesk?, algorithms: OpenSSHAlgorithms) {
        self.options = options.openSSH
        knownHostsFiles = options.knownHostsFiles
        self.desk = desk
        self.algorithms = algorithms
        variables = ProcessInfo.processInfo.environment
    }

    /// Prepares for `ssh` children, if any of the devices may want one.
    ///
    /// - Throws: `MusterError` with code `usage` when the helper's socket cannot be made; `CancellationError`.
    static func open(for devices: [Device], options: RunOptions) async throws -> OpenSSHEnvironment? {
        let all = devices + devices.flatMap(\.jump)
        guard all.contains(where: { $0.transport == .openssh || $0.transport == .auto }) else { return nil }
        let loop = Loops.next()
        let wantsAlgorithms = all.contains { $0.transport == .auto || $0.legacy }
        let algorithms =
            wantsAlgorithms ? try await OpenSSHAlgorithms.known(to: options.openSSH.program, on: loop) : OpenSSHAlgorithms()
        guard let helper = options.openSSH.askpassHelper else {
            return OpenSSHEnvironment(options: options, desk: nil, algorithms: algorithms)
        }
        do {
            return OpenSSHEnvironment(options: options, desk: try await AskpassDesk.open(helper: helper, on: loop), algorithms: algorithms)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw MusterError(
                .usage, phase: .resolve, device: "", message: "no socket for ssh's questions can be made: \(error)",
                hint: "is the temporary folder writable, and its path short?")
        }
    }

    func close() async {
        await masters.close()
        await desk?.close()
        await pins.close()
    }

    /// Whether this `ssh` has what libssh2 lacked.
    func fills(_ gap: SSHError.Gap) -> Bool {
        switch gap {
        case .algorithms(let kind, let offered): !algorithms.names(of: kind).isDisjoint(with: offered)
        case .rsaSHA2: algorithms.hostKeys.contains { $0.hasPrefix("rsa-sha2-") }
        case .keyType: !algorithms.hostKeys.isEmpty
        }
    }
}

extension OpenSSHAlgorithms {
    fileprivate func names(of kind: SSHError.AlgorithmKind) -> Set<String> {
        switch kind {
        case .keyExchange: Set(keyExchanges)
        case .hostKey: Set(hostKeys)
        case .cipher: Set(ciphers)
        case .mac: Set(macs)
        }
    }

    /// Asks an `ssh` what it knows; nothing, when it cannot be run.
    fileprivate static func known(to program: String, on loop: Loop) async throws -> OpenSSHAlgorithms {
        try await OpenSSHAlgorithms(
            keyExchanges: lines(program, "kex", on: loop), hostKeys: lines(program, "HostKeyAlgorithms", on: loop),
            ciphers: lines(program, "cipher", on: loop), macs: lines(program, "mac", on: loop))
    }

    private static func lines(_ program: String, _ query: String, on loop: Loop) async throws -> [String] {
        let environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
        let command = ChildCommand(program: program, arguments: ["-Q", query], environment: environment)
        do {
            let (output, exit) = try await command.run(on: loop, limit: 64 * 1024)
            guard exit == .exited(0) else { return [] }
            return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        } catch {
            // That it cannot be run is said where it is needed.
            guard error == .cancelled else { return [] }
            throw CancellationError()
        }
    }
}
