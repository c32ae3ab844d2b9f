import Foundation
import MusterInventory
import MusterSSH
import MusterSSHConfig
import MusterTestSupport
import Testing

@testable import Muster

/// With the arguments that it is given, `ssh` makes of every configuration of the corpus what it makes of the user's own file.
@Suite struct OpenSSHConfigurationTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../MusterSSHConfigTests/Corpus")
        .standardized.path
    static let names: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: corpus).filter { $0 != "include" }.sorted()) ?? []

    /// What is Muster's own to say, or what it hands over in another form.
    private static let own: Set<String> = [
        "addkeystoagent", "batchmode", "canonicalizehostname", "clearallforwardings", "connecttimeout", "controlmaster", "controlpath",
        "controlpersist", "escapechar", "forkafterauthentication", "forwardagent", "forwardx11", "globalknownhostsfile", "host",
        "ignoreunknown", "loglevel", "numberofpasswordprompts", "permitlocalcommand", "proxycommand", "proxyjump", "requesttty",
        "serveralivecountmax", "serveraliveinterval", "stricthostkeychecking", "tag", "updatehostkeys", "userknownhostsfile",
        "visualhostkey",
    ]

    @Test func corpusIsThere() {
        #expect(Self.names.count >= 60)
    }

    @Test(arguments: names) func sshMakesTheSameOfIt(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let path = try Self.write(name, to: folder)
            let config = try SSHConfig.load(.file(path), facts: .here)
            let environment = try await environment()
            for target in try Self.targets(name) {
                var host = InventoryHost(name: target.host, port: target.port, user: target.user)
                host.transport = .openssh
                host = try host.configured(by: config) { _ in true }
                let device = try await Device(host, defaultUser: LocalFacts.here.user, resolver: SecretResolver())
                let login = device.openSSHLogins(hasAgent: true)[0]
                let hop = try await environment.hop(to: device, as: login, pins: nil)
                let command = environment.command(to: hop, through: [], hostKeys: .acceptNew, connectTimeout: .seconds(15))
                let ours = try #require(try await Self.options(command.arguments, in: folder), "\(target)")
                let theirs = try #require(try await Self.options(["-F", path] + target.arguments, in: folder), "\(target)")
                for keyword in Set(ours.keys).union(theirs.keys).subtracting(Self.own).sorted() {
                    #expect(Self.plain(ours, keyword) == Self.plain(theirs, keyword), "\(keyword) of \(target.host)")
                }
                // Without a check none of them counts.
                guard ours["stricthostkeychecking"] != ["false"] else { continue }
                #expect(Self.knownHosts(ours) == Self.knownHosts(theirs), "known hosts of \(target.host)")
            }
            await environment.close()
        }
    }

    private func environment() async throws -> OpenSSHEnvironment {
        var any = Device(name: "any", user: "any")
        any.transport = .openssh
        return try #require(try await OpenSSHEnvironment.open(for: [any], options: RunOptions()))
    }

    /// The values of a keyword, with what ssh prints as it is written made into what it stands for.
    private static func plain(_ options: [String: [String]], _ keyword: String) -> [String] {
        let values = options[keyword] ?? []
        switch keyword {
        case "identityfile", "certificatefile":
            let tokens = [("%h", "hostname"), ("%p", "port"), ("%r", "user")]
            return values.filter { $0.lowercased() != "none" }.map { value in
                let path = value.hasPrefix("~/") ? LocalFacts.here.home + value.dropFirst() : value
                return tokens.reduce(path) { $0.replacing($1.0, with: options[$1.1]?.first ?? "") }
            }
        // Without the variable there is no agent.
        case "identityagent": return values.map { $0.hasPrefix("$") || $0 == "SSH_AUTH_SOCK" ? "none" : $0 }
        // ssh has some twice.
        case "sendenv": return Set(values).sorted()
        // Which of two versions of the method is meant makes no difference to whether it is tried.
        case "pubkeyauthentication": return values.map { $0 == "host-bound" || $0 == "unbound" ? "true" : $0 }
        default: return values
        }
    }

    /// The files in their order; Muster names both kinds in one list.
    private static func knownHosts(_ options: [String: [String]]) -> [String] {
        let lines = ["userknownhostsfile", "globalknownhostsfile"].flatMap { options[$0] ?? [] }
        let files = lines.flatMap { line in line.split(separator: " ").map(String.init) }
        let home = LocalFacts.here.home
        return files.filter { $0 != "/dev/null" && $0 != "none" }
            .map { $0.hasPrefix("~/") ? home + $0.dropFirst() : String($0) }.map { $0.replacing("\"", with: "") }
    }

    private static func options(_ arguments: [String], in folder: String) async throws -> [String: [String]]? {
        guard let text = try await Program.output(["/usr/bin/ssh", "-G"] + arguments, in: folder) else { return nil }
        var options: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0]), default: []].append(parts.count > 1 ? String(parts[1]) : "")
        }
        return options
    }

    // MARK: The corpus

    private struct Target {
        var user: String?
        var host: String
        var port: Int?

        var arguments: [String] { (user.map { ["-l", $0] } ?? []) + (port.map { ["-p", String($0)] } ?? []) + ["-tt", host] }
    }

    /// The hosts in the first line of a configuration: `[user@]host[:port]`.
    private static func targets(_ name: String) throws -> [Target] {
        let text = try String(contentsOfFile: "\(corpus)/\(name)", encoding: .utf8)
        return text.prefix { $0 != "\n" }.dropFirst("# hosts: ".count).split(separator: " ").map { word in
            let user = word.contains("@") ? String(word.prefix { $0 != "@" }) : nil
            let rest = user == nil ? word : word.drop { $0 != "@" }.dropFirst()
            let parts = rest.split(separator: ":")
            return parts.count == 2
                ? Target(user: user, host: String(parts[0]), port: Int(parts[1])) : Target(user: user, host: String(rest))
        }
    }

    /// Writes a configuration and all that may be included.
    private static func write(_ name: String, to folder: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(folder)/include", withIntermediateDirectories: true)
        let inside = try FileManager.default.contentsOfDirectory(atPath: corpus + "/include").map { "include/" + $0 }
        for name in names + inside {
            let text = try String(contentsOfFile: "\(corpus)/\(name)", encoding: .utf8)
                .replacing("@DIR@", with: folder).replacing("@USER@", with: LocalFacts.here.user)
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name)")
        }
        return "\(folder)/\(name)"
    }
}

extension LocalFacts {
    /// This side as ssh sees it: it takes the user and the home folder from the system, whatever the environment says.
    fileprivate static let here: LocalFacts = {
        let entry = getpwuid(getuid())
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count)
        return LocalFacts(
            user: entry.map { String(cString: $0.pointee.pw_name) } ?? "", userID: getuid(),
            home: entry.map { String(cString: $0.pointee.pw_dir) } ?? "",
            hostName: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
            environment: ProcessInfo.processInfo.environment,
            homeOfUser: { user in getpwnam(user).map { String(cString: $0.pointee.pw_dir) } }, sha1: Digest.sha1)
    }()
}
