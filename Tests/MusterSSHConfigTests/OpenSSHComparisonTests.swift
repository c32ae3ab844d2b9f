import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSHConfig

/// Muster and `ssh -G` make the same of every configuration of the corpus.
@Suite struct OpenSSHComparisonTests {
    @Test func corpusIsThere() throws {
        #expect(FileManager.default.isExecutableFile(atPath: OpenSSHOracle.ssh), "make test-deps installs it")
        #expect(Corpus.names.count >= 60)
    }

    @Test(arguments: Corpus.names) func optionsAreThoseOfSSH(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            try Corpus.write(to: folder)
            let path = folder + "/" + name
            let config = try SSHConfig.load(.file(path), facts: .here)
            for target in try Corpus.targets(name) {
                let theirs = try #require(try await OpenSSHOracle.options(file: path, target, in: folder), "\(target)")
                let defaults = try #require(try await OpenSSHOracle.options(file: "none", target, in: folder))
                let ours = try await lines(config, target, defaults: defaults, folder)
                for (keyword, values) in ours.sorted(by: { $0.key < $1.key }) {
                    #expect(values == theirs[keyword] ?? [], "\(keyword) of \(target.host)")
                }
            }
        }
    }

    /// What `ssh -G` would print, as far as Muster knows of it.
    private func lines(
        _ config: SSHConfig, _ target: Corpus.Target, defaults: [String: [String]], _ folder: String
    ) async throws -> [String: [String]] {
        let raw = config.walked(host: target.host, user: target.user, port: target.port).options
        let options = try config.resolve(host: target.host, user: target.user, port: target.port)
        var lines: [String: [String]] = [:]
        /// Takes the default where nothing is said.
        func set(_ keyword: String, _ value: String?) { lines[keyword] = value.map { [$0] } ?? defaults[keyword] ?? [] }
        func set(_ keyword: String, _ flag: Bool?, _ yes: String = "yes", _ no: String = "no") { set(keyword, flag.map { $0 ? yes : no }) }
        set("hostname", options.hostName)
        set("port", options.port.map(String.init))
        set("user", options.user)
        lines["identityfile"] = raw.identityFiles.isEmpty ? defaults["identityfile"] : raw.identityFiles
        lines["certificatefile"] = raw.certificateFiles
        // ssh leaves what a variable stands for to the end, and prints a path expanded.
        if case .socket(let path) = options.identityAgent,
            raw.texts[.identityAgent].map({ !$0.hasPrefix("$O") && $0 != "SSH_AUTH_SOCK" }) == true
        {
            set("identityagent", path)
        } else {
            set("identityagent", raw.texts[.identityAgent])
        }
        set("identitiesonly", options.identitiesOnly)
        set("proxyjump", options.proxyJump.isEmpty ? nil : options.proxyJump.map(\.description).joined(separator: ","))
        set("proxycommand", options.proxyJump.isEmpty ? raw.proxyCommand.flatMap(\.self) : nil)
        set("connecttimeout", options.connectTimeout.map { String($0.components.seconds) })
        set("serveraliveinterval", options.aliveInterval.map { String($0.components.seconds) })
        set("serveralivecountmax", options.aliveCountMax.map(String.init))
        set("stricthostkeychecking", options.hostKeyChecking.map { [.strict: "true", .off: "false"][$0] ?? $0.rawValue })
        set("hostkeyalias", options.hostKeyAlias)
        set("addressfamily", options.addressFamily?.rawValue)
        set("bindaddress", options.bindAddress)
        set("compression", options.compression)
        set("preferredauthentications", options.preferredAuthentications?.joined(separator: ","))
        set("tcpkeepalive", options.tcpKeepAlive)
        set("passwordauthentication", options.passwordAuthentication)
        set("kbdinteractiveauthentication", options.keyboardInteractiveAuthentication)
        func files(_ list: [String]?) -> String? { list.map { $0.isEmpty ? "none" : $0.joined(separator: " ") } }
        set("userknownhostsfile", files(options.userKnownHostsFiles))
        set("globalknownhostsfile", files(options.globalKnownHostsFiles))
        for (keyword, kind, list) in [
            ("kexalgorithms", "kex", options.keyExchange), ("hostkeyalgorithms", "HostKeyAlgorithms", options.hostKeyAlgorithms),
            ("ciphers", "cipher", options.ciphers), ("macs", "mac", options.macs),
            ("pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms", options.publicKeyAlgorithms),
        ] {
            guard let list else {
                lines[keyword] = defaults[keyword]
                continue
            }
            let standard = defaults[keyword]?.first?.split(separator: ",").map(String.init) ?? []
            let supported = try await OpenSSHOracle.algorithms(kind, in: folder)
            lines[keyword] = [list.applied(to: standard, supported: supported).joined(separator: ",")]
        }
        return lines
    }

    /// What ssh refuses, Muster refuses, and the other way round.
    @Test(arguments: [
        "Port 0", "Port 70000", "Port 22 23", "Port", "Port \"\"", "Port \"22", "Port x", "Host", "Host \"\"", "Match", "Match foo x",
        "Match all foo", "Match host", "Match host a user b all", "Compression maybe", "Compression true", "StrictHostKeyChecking maybe",
        "AddressFamily ipv4",
        "ConnectTimeout 1x", "ConnectTimeout -1", "ServerAliveInterval x", "ServerAliveCountMax -1", "ServerAliveCountMax 2m",
        "KexAlgorithms", "Ciphers +", "Ciphers a b", "MACs ^", "UserKnownHostsFile none a", "GlobalKnownHostsFile \"\"",
        "IdentityAgent $a-b", "IdentityFile a b", "ProxyJump a,,b", "ProxyJump a:0", "ProxyJump ::1", "ProxyJump a, b", "ProxyJump @b",
        "ProxyCommand", "User", "HostName a b", "HostKeyAlias \"\"", "PubkeyAuthentication maybe", "Include \"\"",
        "Host other\n Port 0",
    ]) func refusedByBoth(_ text: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/config"
            try Corpus.write(text + "\n", to: path)
            #expect(try await OpenSSHOracle.options(file: path, Corpus.Target("r1"), in: folder) == nil)
            let error = #expect(throws: SSHConfigProblems.self) { try SSHConfig.load(.file(path), facts: .here) }
            #expect(error?.problems.first?.position.line == (text.contains("\n") ? 2 : 1))
        }
    }

    @Test(arguments: ["ProxyJump r1", "UserKnownHostsFile %z", "HostName %n", "UserKnownHostsFile ${MUSTER_NOT_SET}/x", "HostName x%"])
    func refusedForAHost(_ text: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/config"
            try Corpus.write(text + "\n", to: path)
            #expect(try await OpenSSHOracle.options(file: path, Corpus.Target("r1"), in: folder) == nil)
            let config = try SSHConfig.load(.file(path), facts: .here)
            #expect(throws: SSHConfigProblem.self) { try config.resolve(host: "r1") }
        }
    }
}
