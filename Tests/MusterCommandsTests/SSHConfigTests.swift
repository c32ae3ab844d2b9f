import Muster
import MusterInventory
import Testing

@testable import MusterCommands

/// What `ssh_config` says, between the inventory and the built-in defaults.
@Suite struct SSHConfigTests {
    private let config = """
        Host leaf-01
            HostName 198.51.100.1
            User fileuser
            Port 2022
            ConnectTimeout 7
            StrictHostKeyChecking yes
            Ciphers +aes128-cbc
        Host core-1
            HostName 198.51.100.9
            HostKeyAlias core
            User coreuser
        Host 192.0.2.*
            User by-address
        Host gw
            HostName gw.example.net
            User jumper
            IdentityAgent none
        Host behind
            ProxyJump bob@outer:2200,gw
        Host *
            AddressFamily inet
        """
    private let inventory = """
        defaults: {platform: linux, password: pw}
        hosts:
          leaf-01: {}
          leaf-02: {address: 192.0.2.2}
          core-1: {address: 192.0.2.1, port: 22, user: own}
          behind: {jump: []}
          behind-2: {address: behind}
        """

    private func devices(_ world: World) -> [String: Device] {
        Dictionary(world.devices.map { ($0.name, $0) }) { first, _ in first }
    }

    @Test func fileFillsIn_whatTheInventoryLeavesOpen() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World(sshConfig: config)
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "x") == 0, "\(world.errors)")
            let devices = devices(world)
            let leaf = try #require(devices["leaf-01"])
            #expect(leaf.address == "198.51.100.1")
            #expect(leaf.port == 2022)
            #expect(leaf.user == "fileuser")
            #expect(leaf.ssh.connectTimeout == .seconds(7))
            #expect(leaf.hostKeyPolicy == .strict)
            #expect(leaf.ssh.ciphers?.description == "+aes128-cbc")
            #expect(leaf.ssh.addressFamily == .inet)
            // Named by its address only.
            #expect(devices["leaf-02"]?.user == "by-address")
            // Named by its name: the inventory's address, port and user stay, the rest is the file's.
            let core = try #require(devices["core-1"])
            #expect(core.address == "192.0.2.1")
            #expect(core.user == "own")
            #expect(core.hostKeyAlias == "core")
        }
    }

    @Test func badData_whenABastionIsOneOfTelnet() async throws {
        let lab = "defaults: {user: x, transport: telnet, jump: gate}\nhosts: {gate: {address: 192.0.2.1}, r1: {address: 192.0.2.2}}\n"
        try await withFiles(["lab.yaml": lab]) { folder in
            let worlds = [World(), World(), World()]
            #expect(await worlds[0].muster("run", "-i", "\(folder)/lab.yaml", "-w", "r1", "x") == 65)
            #expect(await worlds[1].muster("run", "--dry-run", "-i", "\(folder)/lab.yaml", "-w", "r1", "x") == 65)
            #expect(await worlds[2].muster("keys", "check", "-i", "\(folder)/lab.yaml", "-w", "r1") == 65)
            for world in worlds {
                #expect(world.errors.contains("the bastion gate has the transport telnet"), "\(world.errors)")
            }
        }
    }

    @Test func systemsSSHReadsTheSameFile_andTheChannelIsChosen() async throws {
        let lab =
            "defaults: {user: x, channel: shell}\nhosts: {a: {address: 192.0.2.1, channel: exec, platform: linux}, b: {address: 192.0.2.2}}\n"
        try await withFiles(["lab.yaml": lab, "config": "Host *\n  Compression yes\n"]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-F", "\(folder)/config", "x") == 0, "\(world.errors)")
            #expect(world.options.openSSH.configurationFile == "\(folder)/config")
            #expect(world.devices.map(\.channel) == [.exec, .shell])
            #expect(world.devices.map(\.ssh.compression) == [true, true])
            // What ssh is told is what was read here.
            #expect(world.devices.map(\.ssh.openSSHLines) == [[], []])
            #expect(world.devices.map(\.ssh.alias) == ["192.0.2.1", "192.0.2.2"])
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "--channel", "auto", "x") == 0, "\(world.errors)")
            #expect(world.options.openSSH.configurationFile == nil)
            #expect(world.devices.map(\.channel) == [.auto, .auto])
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "--channel", "exce", "x") == 64)
            #expect(world.errors.contains("there is no channel 'exce'; did you mean 'exec'?"), "\(world.errors)")
        }
    }

    @Test func proxyJumpBecomesBastions_unlessTheInventorySaysJump() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World(sshConfig: config)
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-w", "behind,behind-2", "x") == 0, "\(world.errors)")
            #expect(devices(world)["behind"]?.jump.isEmpty == true)
            let jump = try #require(devices(world)["behind-2"]?.jump)
            #expect(jump.map(\.address) == ["outer", "gw.example.net"])
            #expect(jump.map(\.user) == ["bob", "jumper"])
            #expect(jump.map(\.port) == [2200, 22])
            #expect(jump.last?.ssh.identityAgent == SSHSettings.IdentityAgent.none)
        }
    }

    @Test func commandLineWins() async throws {
        let world = World(sshConfig: config)
        let status = await world.muster(
            "run", "-w", "leaf-01", "-u", "me", "--port", "99", "--connect-timeout", "3s", "--host-keys", "accept-new", "x")
        #expect(status == 0, "\(world.errors)")
        let device = try #require(world.devices.first)
        #expect(device.address == "198.51.100.1")
        #expect(device.user == "me")
        #expect(device.port == 99)
        #expect(device.ssh.connectTimeout == nil)
        #expect(device.hostKeyPolicy == nil)
        #expect(world.options.connectTimeout == .seconds(3))
    }

    @Test func otherFileIsRead_orNone() async throws {
        try await withFiles(["other": "User other\n", "bad": "Port x\n"]) { folder in
            let world = World(sshConfig: config)
            #expect(await world.muster("run", "-F", "\(folder)/other", "-w", "leaf-01", "x") == 0)
            #expect(world.devices.map(\.user) == ["other"])
            #expect(world.devices.map(\.address) == ["leaf-01"])
            #expect(await world.muster("run", "--ssh-config", "none", "-w", "leaf-01", "x") == 0)
            #expect(world.devices.map(\.user) == ["alice"])
            #expect(await world.muster("run", "-F", "\(folder)/bad", "-w", "leaf-01", "x") == 65)
            #expect(world.errors.contains("\(folder)/bad:1: port: found 'x', expected 1 to 65535"), "\(world.errors)")
            #expect(await world.muster("run", "-F", "\(folder)/none-such", "-w", "leaf-01", "x") == 65)
        }
    }

    @Test func identityWithAPublicHalfAlone_isLeftToAnAgent() async throws {
        try await withFiles(["key.pub": "k"]) { folder in
            let world = World(["SSH_AUTH_SOCK": "/agent"], sshConfig: "IdentityFile \(folder)/key\n")
            #expect(await world.muster("run", "-w", "r1", "-u", "me", "x") == 0)
            #expect(world.devices.map(\.identities) == [["\(folder)/key"]])
            #expect(world.options.agentSocket == "/agent")
        }
    }

    @Test func identitiesThatAreMissingAreLeftOut() async throws {
        try await withFiles(["key": "k"]) { folder in
            let text = "IdentityFile \(folder)/key\nIdentityFile \(folder)/none\n"
            let world = World(["PW": "x"], sshConfig: text)
            #expect(await world.muster("run", "-w", "r1", "--password-env", "PW", "x") == 0)
            #expect(world.devices.map(\.identities) == [["\(folder)/key"]])
            #expect(world.devices.first?.ssh.identitiesAreOptional == true)
            #expect(await world.muster("run", "-w", "r1", "--identity", "/own", "x") == 0)
            #expect(world.devices.map(\.identities) == [["/own"]])
            #expect(world.devices.first?.ssh.identitiesAreOptional == false)
        }
    }

    @Test func notesAreLogged_atTheirLevel() async {
        let text = "SendEnv LANG\nPrt 22\n"
        let quiet = World(sshConfig: text)
        #expect(await quiet.muster("run", "-w", "r1", "x") == 0)
        #expect(!quiet.errors.contains("config:"))
        let wordy = World(sshConfig: text)
        #expect(await wordy.muster("run", "-v", "-w", "r1", "x") == 0)
        #expect(wordy.errors.contains("/home/alice/.ssh/config:2: 'prt' is not a keyword that is known"), "\(wordy.errors)")
        #expect(!wordy.errors.contains("sendenv"))
        let wordier = World(sshConfig: text)
        #expect(await wordier.muster("run", "-vv", "-w", "r1", "x") == 0)
        #expect(wordier.errors.contains("config:1: 'sendenv' has an effect over the transport openssh alone"))
    }

    @Test func originIsExplained() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World(sshConfig: config)
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "--explain", "leaf-01") == 0)
            #expect(
                world.output.replacing(folder + "/", with: "") == """
                    FIELD                      VALUE         FROM
                    address                    198.51.100.1  ssh_config, /home/alice/.ssh/config:2
                    port                       2022          ssh_config, /home/alice/.ssh/config:4
                    user                       fileuser      ssh_config, /home/alice/.ssh/config:3
                    password                   <secret>      defaults, lab.yaml:1
                    platform                   linux         defaults, lab.yaml:1
                    ssh.AddressFamily          inet          ssh_config, /home/alice/.ssh/config:21
                    ssh.Ciphers                +aes128-cbc   ssh_config, /home/alice/.ssh/config:7
                    ssh.ConnectTimeout         7s            ssh_config, /home/alice/.ssh/config:5
                    ssh.StrictHostKeyChecking  yes           ssh_config, /home/alice/.ssh/config:6

                    """)
            let table = World(sshConfig: config)
            #expect(await table.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "leaf-01") == 0)
            #expect(table.output.contains("leaf-01  198.51.100.1  2022"), "\(table.output)")
        }
    }

    @Test(arguments: ["no", "off", "accept-new"]) func unknownKeysArePinned_andNothingGoesUnchecked(checking: String) async throws {
        let world = World(sshConfig: "Host *\n    StrictHostKeyChecking \(checking)\n")
        #expect(await world.muster("run", "-w", "leaf-01", "-u", "me", "x") == 0, "\(world.errors)")
        #expect(world.devices.map(\.hostKeyPolicy) == [.acceptNew])
        #expect(await world.muster("run", "-w", "leaf-01", "-u", "me", "--host-keys", "off", "x") == 0, "\(world.errors)")
        #expect(world.options.hostKeys == .off)
    }
}
