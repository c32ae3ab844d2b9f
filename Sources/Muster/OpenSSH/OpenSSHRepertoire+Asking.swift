import MusterSSH
import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension OpenSSHRepertoire {
    /// Asks an `ssh` for what it knows; nothing, when it cannot be run.
    static func of(_ program: String, on loop: Loop) async throws -> OpenSSHRepertoire {
        var repertoire = OpenSSHRepertoire()
        for (query, names) in [
            ("kex", \OpenSSHAlgorithms.keyExchanges), ("HostKeyAlgorithms", \.hostKeys), ("cipher", \.ciphers), ("mac", \.macs),
        ] {
            repertoire.known[keyPath: names] = try await lines(of: [program, "-Q", query], on: loop)
        }
        repertoire.known.userKeys = repertoire.known.hostKeys
        for line in try await lines(of: [program, "-G", "-F", "none", "localhost"], on: loop) {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { continue }
            let names = words[1].split(separator: ",").map(String.init)
            switch words[0] {
            case "kexalgorithms": repertoire.usual.keyExchanges = names
            case "hostkeyalgorithms": repertoire.usual.hostKeys = names
            case "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes": repertoire.usual.userKeys = names
            case "ciphers": repertoire.usual.ciphers = names
            case "macs": repertoire.usual.macs = names
            default: break
            }
        }
        return repertoire
    }

    private static func lines(of words: [String], on loop: Loop) async throws -> [String] {
        let environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
        let command = ChildCommand(program: words[0], arguments: Array(words.dropFirst()), environment: environment)
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

extension OpenSSHAlgorithms {
    func names(of kind: SSHError.AlgorithmKind) -> Set<String> {
        switch kind {
        case .keyExchange: Set(keyExchanges)
        case .hostKey: Set(hostKeys)
        case .cipher: Set(ciphers)
        case .mac: Set(macs)
        }
    }
}
