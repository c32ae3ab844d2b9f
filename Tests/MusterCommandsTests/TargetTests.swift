import Muster
import MusterInventory
import Testing

@testable import MusterCommands

@Suite struct TargetTests {
    private let inventory = """
        defaults: {user: netops, platform: cisco_iosxe}
        groups:
          leaf: {platform: arista_eos, data: {role: leaf}}
        hosts:
          leaf-01: {address: 192.0.2.11, groups: [leaf], port: 2201}
          leaf-02: {groups: [leaf]}
          core-1: {address: 192.0.2.1, data: {role: core}, identity: [/k]}
        """

    @Test func devicesComeFromTheInventory_inItsOrder() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "show version") == 0)
            #expect(world.devices.map(\.name) == ["leaf-01", "leaf-02", "core-1"])
            #expect(world.devices.map(\.address) == ["192.0.2.11", "leaf-02", "192.0.2.1"])
            #expect(world.devices.map(\.port) == [2201, 22, 22])
            #expect(world.devices.map(\.platform) == ["arista_eos", "arista_eos", "cisco_iosxe"])
            #expect(world.devices.map(\.user) == ["netops", "netops", "netops"])
            #expect(world.devices.map(\.identities) == [[], [], ["/k"]])
        }
    }

    private let listed = """
        defaults:
          credentials:
          - {user: admin, password: hush-admin}
          - {password: {env: PW}}
          - {identity: /k, passphrase: hush-key}
          - {agent: true}
          - {otp: {prompt: Code}}
        hosts: {r1: {user: netops}}
        """

    @Test func listOfCredentials_reachesTheRun_withoutItsCodeBeingFetched() async throws {
        try await withFiles(["lab.yaml": listed]) { folder in
            // A question before the run would be answered with an error: nobody is there.
            let world = World(["PW": "hush-env"])
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "x") == 0, "\(world.errors)")
            let credentials = try #require(world.devices.first?.credentials)
            #expect(credentials.map(\.user) == ["admin", nil, nil, nil, nil])
            let kinds = credentials.map { credential in
                switch credential.kind {
                case .password(let secret): "password \(secret.reveal())"
                case .identity(let path, let passphrase): "identity \(path) \(passphrase?.reveal() ?? "")"
                case .agent(let socket): "agent \(socket ?? "")"
                case .oneTimeCode(let source): "code \(source)"
                }
            }
            #expect(kinds == ["password hush-admin", "password hush-env", "identity /k hush-key", "agent ", "code {prompt: \"Code\"}"])
            #expect(world.options.ask == nil)
        }
    }

    @Test func credentialOfTheCommandLine_goesInsteadOfTheList_butForCodes() async throws {
        try await withFiles(["lab.yaml": listed]) { folder in
            let world = World(["PW": "hush-env"], answer: "123456")
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "--password-env", "PW", "x") == 0)
            #expect(world.devices.first?.credentials.count == 1)
            #expect(world.devices.first?.password == Secret("hush-env"))
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-u", "admin", "x") == 0)
            #expect(world.devices.first?.credentials.count == 5)
            #expect(world.devices.first?.credentials.allSatisfy { $0.user == nil } == true)
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-u", "other", "x") == 0)
            #expect(world.devices.first?.credentials.count == 4)
            let answer = try await world.options.ask?("Code")
            #expect(answer == Secret("123456"))
        }
    }

    @Test func explanationShowsNoSecretOfTheList() async throws {
        try await withFiles(["lab.yaml": listed]) { folder in
            let world = World()
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "--explain", "r1") == 0)
            #expect(world.output.contains("credentials"))
            #expect(world.output.contains("{user: admin, password: <secret>}"))
            #expect(world.output.contains("{otp: {prompt: \"Code\"}}"))
            #expect(!(world.output + world.errors).contains("hush-"))
        }
    }

    @Test func refusalsThatAreAllowed_areThreeUnlessSaidOtherwise() async throws {
        let world = World()
        #expect(await world.muster("run", "-w", "r1", "x") == 0)
        #expect(world.options.maxAuthFailures == 3)
        #expect(await world.muster("run", "-w", "r1", "--max-auth-failures", "0", "x") == 0)
        #expect(world.options.maxAuthFailures == 0)
        #expect(await world.muster("run", "-w", "r1", "--max-auth-failures=-1", "x") == 64)
    }

    @Test func inventoryComesFromTheEnvironment_whenNoFlagSaysOtherwise() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World(["MUSTER_INVENTORY": "\(folder)/lab.yaml"])
            #expect(await world.muster("run", "-w", "leaf-[01-02]", "-x", "leaf-01", "x") == 0)
            #expect(world.devices.map(\.name) == ["leaf-02"])
            #expect(await world.muster("run", "-s", "role=core", "x") == 0)
            #expect(world.devices.map(\.name) == ["core-1"])
        }
    }

    @Test func commandLineGoesBeforeTheInventory() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World(["MUSTER_INVENTORY": "\(folder)/lab.yaml", "HOME": "/home/a", "PW": "from-env"])
            let status = await world.muster(
                "run", "-u", "root", "--port", "99", "-p", "linux", "--identity=~/k", "--identity", "/l", "--password-env", "PW", "x")
            #expect(status == 0)
            for device in world.devices {
                #expect(device.user == "root")
                #expect(device.port == 99)
                #expect(device.platform == "linux")
                #expect(device.identities == ["/home/a/k", "/l"])
                #expect(device.password?.reveal() == "from-env")
            }
        }
    }

    @Test func addressesAreConnectedTo_whenThereIsNoInventory() async {
        let world = World()
        #expect(await world.muster("run", "-w", "bob@192.0.2.1:2222,r[2-4]", "-x", "r3", "--port", "23", "x") == 0)
        #expect(world.devices.map(\.address) == ["192.0.2.1", "r2", "r4"])
        #expect(world.devices.map(\.user) == ["bob", "alice", "alice"])
        #expect(world.devices.map(\.port) == [2222, 23, 23])
        #expect(world.devices.map(\.platform) == ["generic", "generic", "generic"])
    }

    @Test func passwordIsAskedOnce_whenItIsToBeAsked() async {
        let world = World(answer: "typed")
        #expect(await world.muster("run", "-w", "r[1-3]", "--ask-password", "x") == 0)
        #expect(world.devices.map { $0.password?.reveal() } == ["typed", "typed", "typed"])
    }

    @Test func nothingRuns_whenNoOneCanBeAsked() async {
        let world = World()
        #expect(await world.muster("run", "-w", "r[1-12]", "--ask-password", "x") == 65)
        #expect(world.runs == 0)
        #expect(world.errors.contains("r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 and 2 more: no one to ask 'Password'"), "\(world.errors)")
    }

    @Test func wayToBeginIsShown_whenThereIsNoInventory() async {
        let world = World()
        #expect(await world.muster("run", "show version") == 65)
        #expect(world.errors.hasPrefix("muster: no inventory found"))
        #expect(world.errors.contains("muster run -w user@host \"show version\""))
        #expect(await world.muster("run", "-w", "r1", "-s", "a=b", "x") == 64)
    }

    @Test func everyProblemIsShown_whenTheInventoryIsBad() async throws {
        try await withFiles(["bad.yaml": "hosts:\n  r1: {platform: cisco_iosxx}\n  r2: {prot: 22}\n"]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/bad.yaml", "x") == 65)
            #expect(world.errors.contains("bad.yaml:2:"), "\(world.errors)")
            #expect(world.errors.contains("did you mean 'cisco_iosxe'?"), "\(world.errors)")
            #expect(world.errors.contains("did you mean 'port'?"), "\(world.errors)")
            #expect(await world.muster("run", "-i", "\(folder)/none.yaml", "x") == 65)
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/bad.yaml") == 65)
            #expect(world.runs == 0)
        }
    }

    @Test func unknownHostIsWrongUsage_withASuggestion() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-w", "leaf-03", "x") == 64)
            #expect(world.errors.contains("did you mean"))
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "-w", "leaf-01", "-x", "leaf-01", "x") == 64)
            #expect(world.errors.contains("no host is left of the inventory's 3"))
        }
    }

    @Test func everyHostConcernedIsNamed_whenSecretsAreMissing() async throws {
        let text = "hosts:\n  a: {password: {env: P1}}\n  b: {enable: {env: P2}}\n  c: {password: {env: P1}}\n  d: {}\n"
        try await withFiles(["lab.yaml": text]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "x") == 65)
            #expect(world.errors.contains("  a, c: the environment variable 'P1' is not set"), "\(world.errors)")
            #expect(world.errors.contains("  b: the environment variable 'P2' is not set"), "\(world.errors)")
            #expect(world.runs == 0)
            let filled = World(["P1": "one", "P2": "two"])
            #expect(await filled.muster("run", "-i", "\(folder)/lab.yaml", "x") == 0)
            #expect(filled.devices.map { $0.password?.reveal() } == ["one", nil, "one", nil])
            #expect(filled.devices.map { $0.secrets["enable"]?.reveal() } == [nil, "two", nil, nil])
        }
    }

    @Test func dryRunShowsThePlan_andConnectsToNothing() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "--dry-run", "--ask-password", "show version", "show clock") == 0)
            #expect(
                world.output == """
                    HOST     ADDRESS     PORT  USER    PLATFORM     COMMANDS
                    leaf-01  192.0.2.11  2201  netops  arista_eos   show version; show clock
                    leaf-02  leaf-02     22    netops  arista_eos   show version; show clock
                    core-1   192.0.2.1   22    netops  cisco_iosxe  show version; show clock

                    """)
            #expect(world.errors == "3 devices, 2 commands; a dry run connects to nothing\n")
            #expect(world.runs == 0)
        }
    }

    @Test func inventoryIsShown_asTableAndJSON() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "@leaf") == 0)
            #expect(
                world.output == """
                    NAME     ADDRESS     PORT  PLATFORM    USER    GROUPS
                    leaf-01  192.0.2.11  2201  arista_eos  netops  leaf
                    leaf-02  leaf-02     22    arista_eos  netops  leaf

                    """)
            let json = World()
            #expect(await json.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "core-1", "-o", "json") == 0)
            #expect(
                json.output == """
                    [
                      {
                        "host": "core-1",
                        "address": "192.0.2.1",
                        "port": 22,
                        "user": "netops",
                        "platform": "cisco_iosxe",
                        "groups": [],
                        "data": {
                          "role": "core"
                        }
                      }
                    ]

                    """)
        }
    }

    @Test func originOfEveryValueIsExplained() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "--explain", "leaf-02") == 0)
            #expect(
                world.output.replacing(folder + "/", with: "") == """
                    FIELD      VALUE       FROM
                    address    leaf-02     the host's name
                    port       22          built in
                    user       netops      defaults, lab.yaml:1
                    platform   arista_eos  group leaf, lab.yaml:3
                    groups     leaf        host, lab.yaml:6
                    data.role  leaf        group leaf, lab.yaml:3

                    """)
            #expect(await world.muster("inventory", "show", "-i", "\(folder)/lab.yaml", "--explain", "leaf-2") == 64)
            #expect(world.errors.contains("did you mean 'leaf-02'?"))
        }
    }

    @Test func secretsAreNeverShown() async throws {
        let text = "hosts:\n  a: {password: s3cret-plain, enable: s3cret-enable, passphrase: s3cret-phrase}\n"
        try await withFiles(["lab.yaml": text]) { folder in
            for form in ["text", "json", "jsonl"] {
                for arguments in [["run", "-o", form, "-vvv", "x"], ["run", "-o", form, "--dry-run", "x"], ["inventory", "show"]] + [
                    ["inventory", "show", "-o", "json"], ["inventory", "show", "--explain", "a"],
                    ["inventory", "show", "--explain", "a", "-o", "json"], ["run", "--password-env", "PW", "-vvv", "-o", form, "x"],
                    ["run", "--password-env", "PW", "--dry-run", "x"],
                ] {
                    let world = World(["MUSTER_INVENTORY": "\(folder)/lab.yaml", "PW": "s3cret-env"])
                    #expect(await MusterTool.run(arguments, in: world.all) == 0)
                    #expect(!(world.output + world.errors).contains("s3cret"), "\(arguments)")
                    #expect(!world.output.isEmpty)
                }
            }
        }
    }
}
