import Testing

@testable import Muster

/// The command line of `ssh`.
struct OpenSSHCommandTests {
    private var plain: OpenSSHCommand {
        OpenSSHCommand(
            target: .init(host: "192.0.2.1", port: 2222, user: "netops"), hostKeys: .acceptNew, connectTimeout: .milliseconds(14_500))
    }

    private func option(_ name: String, in arguments: [String]) -> String? {
        arguments.lazy.compactMap { $0.hasPrefix(name + "=") ? String($0.dropFirst(name.count + 1)) : nil }.first
    }

    @Test func destinationComesLast_whenEverythingElseIsSaid() {
        let arguments = plain.arguments
        #expect(arguments.suffix(6) == ["-p", "2222", "-l", "netops", "--", "192.0.2.1"])
        #expect(arguments.first == "-tt")
        #expect(!arguments.contains("-F"))
        #expect(option("ConnectTimeout", in: arguments) == "15")
        #expect(option("NumberOfPasswordPrompts", in: arguments) == "1")
        #expect(option("BatchMode", in: arguments) == "no")
        #expect(option("EscapeChar", in: arguments) == "none")
        #expect(option("ControlPath", in: arguments) == "none")
        #expect(option("UserKnownHostsFile", in: arguments) == nil)
        #expect(option("IdentitiesOnly", in: arguments) == nil)
    }

    @Test func noSessionIsOpened_whenOthersShareTheConnection() {
        var command = plain
        command.controlSocket = "/tmp/100%/1"
        let arguments = command.arguments
        // It goes before the options that keep other devices' connections to themselves.
        #expect(arguments.starts(with: ["-M", "-N", "-S", "/tmp/100%%/1"]))
        #expect(!arguments.contains("-tt"))
        #expect(option("RequestTTY", in: arguments) == "no")
        #expect(option("ControlPersist", in: arguments) == "no")
        #expect(option("ClearAllForwardings", in: arguments) == "yes")
        #expect(arguments.last == "192.0.2.1")
    }

    @Test func nobodyIsAsked_whenThereIsNoHelper() {
        var command = plain
        command.asksNothing = true
        #expect(option("BatchMode", in: command.arguments) == "yes")
    }

    @Test(arguments: [(HostKeyPolicy.acceptNew, "accept-new"), (.strict, "yes"), (.off, "no")])
    func hostKeysAreCheckedAsThePolicySays(policy: HostKeyPolicy, checking: String) {
        var command = plain
        command.hostKeys = policy
        command.knownHostsFiles = ["/tmp/a b/100%.\"known\""]
        #expect(option("StrictHostKeyChecking", in: command.arguments) == checking)
        let file = policy == .off ? "/dev/null" : "\"/tmp/a b/100%%.\\\"known\\\"\""
        #expect(option("UserKnownHostsFile", in: command.arguments) == file)
    }

    @Test func keysAreNamed_whenTheDeviceHasSome() {
        var command = plain
        command.target.identities = ["/keys/one", "/keys/two"]
        let arguments = command.arguments
        #expect(arguments.filter { $0.hasPrefix("IdentityFile=") } == ["IdentityFile=\"/keys/one\"", "IdentityFile=\"/keys/two\""])
    }

    @Test(arguments: ["core-1", "r1.example.net", "fe80::1%eth0", "käse"]) func nameIsTypedAsItIs_whenItIsOne(alias: String) {
        var command = plain
        command.target.host = "fe80::2%eth0"
        command.target.alias = alias
        #expect(command.arguments.suffix(2) == ["--", alias])
        #expect(option("HostName", in: command.arguments) == "fe80::2%%eth0")
    }

    @Test(arguments: ["", "-r1", "netops@r1", "ssh://r1", "a b", "$(x)", "a;b", "a\u{85}b"]) func addressIsTyped_whenTheNameIsNoGood(
        alias: String
    ) {
        var command = plain
        command.target.alias = alias
        #expect(command.arguments.suffix(2) == ["--", "192.0.2.1"])
        #expect(option("HostName", in: command.arguments) == nil)
    }

    @Test func configurationIsTheNamedOne() {
        var command = plain
        command.configuration = .none
        #expect(command.arguments.prefix(2) == ["-F", "none"])
        command.configuration = .file("/etc/x")
        #expect(command.arguments.prefix(2) == ["-F", "/etc/x"])
    }

    @Test func nothingElseIsKnownOfKeys_whenTheyArePinned() {
        var command = plain
        command.knownHostsFiles = ["/k"]
        command.target.pinFile = "/tmp/pins/1"
        #expect(option("StrictHostKeyChecking", in: command.arguments) == "yes")
        #expect(option("UserKnownHostsFile", in: command.arguments) == "\"/tmp/pins/1\"")
        #expect(option("GlobalKnownHostsFile", in: command.arguments) == "/dev/null")
        command.hostKeys = .off
        #expect(option("StrictHostKeyChecking", in: command.arguments) == "no")
        #expect(option("UserKnownHostsFile", in: command.arguments) == "/dev/null")
    }

    @Test func settingsGoBeforeTheFile_eachWithItsOwn() throws {
        var command = plain
        command.configuration = .file("/etc/x")
        command.target.configuration = .file("/tmp/target")
        command.target.settings = [.init(keyword: "Ciphers", value: "aes256-ctr"), .init(keyword: "Compression", value: "yes")]
        command.bastions = [.init(host: "outer", configuration: OpenSSHCommand.Configuration.none)]
        #expect(option("Ciphers", in: command.arguments) == "aes256-ctr")
        #expect(option("Compression", in: command.arguments) == "yes")
        #expect(command.arguments.prefix(2) == ["-F", "/tmp/target"])
        #expect(try #require(option("ProxyCommand", in: command.arguments)).hasPrefix("'ssh' '-F' 'none' "))
        #expect(option("ProxyUseFdpass", in: command.arguments) == "no")
    }

    @Test func asManyPasswordsAreAskedFor_asThereAre() {
        var command = plain
        command.target.passwords = 3
        #expect(option("NumberOfPasswordPrompts", in: command.arguments) == "3")
        command.target.passwords = 0
        #expect(option("NumberOfPasswordPrompts", in: command.arguments) == "1")
    }

    @Test func onlyTheNamedKnownHostsCount() {
        var command = plain
        command.knownHostsFiles = ["/k"]
        #expect(option("GlobalKnownHostsFile", in: command.arguments) == "/dev/null")
        command.knownHostsFiles = []
        #expect(option("GlobalKnownHostsFile", in: command.arguments) == nil)
    }

    @Test func proxyCommandIsTheOneOfTheFirstMachineOnTheWay() throws {
        var command = plain
        command.target.proxyCommand = "nc 50% gw"
        #expect(option("ProxyCommand", in: command.arguments) == "nc 50%% gw")
        command.bastions = [.init(host: "outer", port: 22, user: "jump", proxyCommand: "nc first 22")]
        let proxy = try #require(option("ProxyCommand", in: command.arguments))
        #expect(proxy.contains("'ProxyCommand=nc first 22'"))
        #expect(!proxy.contains("50%"))
    }

    @Test func signOfLifeIsAskedFor_whenTheDeviceIsToBeKeptAlive() {
        var command = plain
        command.keepAlive = .init(interval: .milliseconds(200), count: 3)
        #expect(option("ServerAliveInterval", in: command.arguments) == "1")
        #expect(option("ServerAliveCountMax", in: command.arguments) == "3")
    }

    @Test func bastionsAreGoneThrough_outermostFirst() throws {
        var command = plain
        command.configuration = .none
        command.knownHostsFiles = ["/k'h"]
        command.bastions = [.init(host: "outer", port: 22, user: "jump"), .init(host: "inner", port: nil, user: nil)]
        let proxy = try #require(option("ProxyCommand", in: command.arguments))
        #expect(proxy.hasPrefix("'ssh' '-F' 'none' "))
        #expect(proxy.hasSuffix("'-W' '[%h]:%p' '--' 'inner'"))
        // What the inner hop's ssh is to replace reaches it with one sign less.
        #expect(proxy.contains("'\\''[%%h]:%%p'\\'' '\\''--'\\'' '\\''outer'\\'''"))
        #expect(proxy.contains("'UserKnownHostsFile=\"/k'\\''h\"'"))
        #expect(!proxy.contains("jump@"))
        #expect(command.arguments.suffix(2) == ["--", "192.0.2.1"])
    }

    @Test func environmentIsOnlyWhatSSHNeeds() {
        let inherited = [
            "PATH": "/bin", "HOME": "/root", "NET_PASSWORD": "hush-password", "LC_ALL": "C", "SSH_ASKPASS": "/old",
            "SSH_AUTH_SOCK": "/agent", "TERM": "dumb",
        ]
        let environment = OpenSSHCommand.environment(inherited: inherited, term: "vt100")
        #expect(
            environment == [
                "PATH": "/bin", "HOME": "/root", "LC_ALL": "C", "SSH_AUTH_SOCK": "/agent", "TERM": "vt100", "DISPLAY": ":0",
            ])
    }
}
