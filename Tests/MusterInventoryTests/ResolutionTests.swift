import MusterInventory
import Testing

@Suite struct ResolutionTests {
    private let nested = """
        defaults: {user: d, port: 1000, platform: p, data: {a: d, b: d, c: d, e: d}}
        groups:
          top: {user: top, port: 2000, data: {a: top, b: top, c: top}}
          left: {groups: [top], data: {a: left, b: left}}
          right: {user: right, port: 3000, password: {env: RIGHT}}
        hosts:
          r1: {groups: [left, right], data: {a: host, list: {x: 1}}}
          r2: {groups: [right, left], user: host}
          r3:
        """

    @Test func aValueComesFromTheNearestLayer_whenGroupsAreNested() throws {
        let inventory = try Inventory.parse(nested)
        let r1 = try #require(inventory["r1"])
        // Depth first: left's own group top goes before right.
        #expect(r1.groups == ["left", "top", "right"])
        #expect(r1.user == "top")
        #expect(r1.port == 2000)
        #expect(r1.platform == "p")
        #expect(r1.password == .environment("RIGHT"))
        #expect(r1.data["a"] == .string("host"))
        #expect(r1.data["b"] == .string("left"))
        #expect(r1.data["c"] == .string("top"))
        #expect(r1.data["e"] == .string("d"))
        let r2 = try #require(inventory["r2"])
        #expect(r2.groups == ["right", "left", "top"])
        #expect(r2.user == "host")
        #expect(r2.port == 3000)
        #expect(r2.data["a"] == .string("left"))
    }

    @Test func credentialsAreTakenWholeFromTheNearestLayer() throws {
        let text = """
            defaults:
              credentials:
              - {user: admin, password: {env: ADMIN}}
              - {identity: keys/ams, passphrase: {prompt: Key}}
              - {agent: true}
              - {agent: /run/agent.sock, user: ops}
              - {otp: {command: [oathtool, x]}}
              - {password: hunter2}
            hosts:
              r1:
              r2: {credentials: [{password: ''}]}
            """
        let inventory = try Inventory.parse(text, file: "/etc/muster/inventory.yaml")
        let r1 = try #require(inventory["r1"])
        #expect(
            r1.credentials == [
                InventoryCredential(.password(.environment("ADMIN")), user: "admin"),
                InventoryCredential(.identity(path: "/etc/muster/keys/ams", passphrase: .prompt("Key"))),
                InventoryCredential(.agent(socket: nil)), InventoryCredential(.agent(socket: "/run/agent.sock"), user: "ops"),
                InventoryCredential(.oneTimeCode(.command(["oathtool", "x"]))), InventoryCredential(.password(.plain(Secret("hunter2")))),
            ])
        let row = try #require(inventory.explain(r1).first { $0.field == "credentials" })
        #expect(
            row.value
                == "{user: admin, password: {env: ADMIN}}, {identity: /etc/muster/keys/ams, passphrase: {prompt: \"Key\"}}, {agent: true}, "
                + "{user: ops, agent: /run/agent.sock}, {otp: {command: [oathtool, x]}}, {password: <secret>}")
        #expect(row.origin?.layer == .defaults)
        #expect(inventory["r2"]?.credentials == [InventoryCredential(.password(.plain(Secret(""))))])
    }

    @Test func aHostHasItsNameAsAddress_whenItsEntryIsEmpty() throws {
        let r3 = try #require(try Inventory.parse(nested)["r3"])
        #expect(r3.address == "r3")
        #expect(r3.user == "d")
        #expect(r3.groups.isEmpty)
        #expect(r3.password == nil)
    }

    @Test func dataIsMergedByTopLevelKeyOnly_whenBothHaveAMapping() throws {
        let inventory = try Inventory.parse("defaults: {data: {rack: {row: 1, unit: 2}}}\nhosts: {r1: {data: {rack: {row: 3}}}}")
        #expect(inventory["r1"]?.data["rack"] == .object(["row": .integer(3)]))
    }

    @Test func membersOfAGroupIncludeThoseOfItsMemberGroups_whenGroupsAreNested() throws {
        let inventory = try Inventory.parse(nested)
        #expect(inventory.groups == ["top": ["r1", "r2"], "left": ["r1", "r2"], "right": ["r1", "r2"]])
        #expect(inventory.hosts.map(\.name) == ["r1", "r2", "r3"])
    }

    @Test func aDiamondIsNoCycle_whenTwoGroupsShareOne() throws {
        let text = "groups: {a: {groups: [b, c]}, b: {groups: [d]}, c: {groups: [d]}, d: }\nhosts: {r1: {groups: [a]}}"
        #expect(try Inventory.parse(text)["r1"]?.groups == ["a", "b", "d", "c"])
    }

    @Test func bastionOfAnAddress_hasTheDefaultsCredentials() throws {
        let text = "defaults: {credentials: [{password: p}], jump: \"gate@192.0.2.1\"}\nhosts: {r1: {}}"
        let inventory = try Inventory.parse(text)
        let host = try #require(inventory["r1"])
        let bastion = try #require(try inventory.bastions(of: host).first)
        #expect(bastion.user == "gate")
        #expect(bastion.credentials.count == 1)
    }

    @Test func serversOfOneAddress_areNotReachedThroughEachOther() throws {
        var host = try InventoryHost.adHoc("root@192.0.2.1:2222")
        host.jump = ["root@192.0.2.1:2201"]
        let inventory = Inventory(hosts: [])
        #expect(try inventory.bastions(of: host).map(\.port) == [2201])
        // Without a port, it is still another one than that of port 2222.
        host.jump = ["192.0.2.1"]
        #expect(try inventory.bastions(of: host).count == 1)
        host.jump = ["root@192.0.2.1:2222"]
        #expect(throws: SelectionError.self) { try inventory.bastions(of: host) }
        host = try InventoryHost.adHoc("192.0.2.1")
        host.jump = ["192.0.2.1"]
        #expect(try inventory.bastions(of: host).isEmpty)
    }

    @Test func aURIOfSSH_isAnAddress() throws {
        let host = try InventoryHost.adHoc("ssh://root@192.0.2.1:2222/")
        #expect(host.name == "192.0.2.1")
        #expect(host.user == "root")
        #expect(host.port == 2222)
    }

    @Test func hostsOfAnInventory_areReachedThroughEachOther_whateverUserTheirJumpNames() throws {
        let inventory = try Inventory.parse("hosts: {a: {jump: x@b}, b: {jump: y@a}}")
        let host = try #require(inventory["a"])
        #expect(throws: SelectionError.self) { try inventory.bastions(of: host) }
    }

    @Test(arguments: [("openssh", InventoryTransport.openssh), ("auto", .auto), ("telnet", nil)])
    func bastionOfAnAddress_hasTheDefaultsTransport(usual: String, wanted: InventoryTransport?) throws {
        let inventory = try Inventory.parse("defaults: {transport: \(usual), jump: 192.0.2.1}\nhosts: {r1: {}}")
        let host = try #require(inventory["r1"])
        #expect(try inventory.bastions(of: host).first?.transport == wanted)
    }

    @Test func nullLeavesAFieldToTheNextLayer_andAnEmptyListDoesNot() throws {
        let text = "defaults: {user: d, jump: b}\nhosts: {r1: {user: ~, jump: []}, r2: {jump: null}}"
        let inventory = try Inventory.parse(text)
        #expect(inventory["r1"]?.user == "d")
        #expect(inventory["r1"]?.jump == [])
        #expect(inventory["r2"]?.jump == ["b"])
    }

    @Test func scalarsAreTakenLiterally_whenYAMLWouldGuess() throws {
        let text = """
            hosts:
              1: {password: 0123, user: no, port: "22"}
              yes: {data: {a: yes, b: 007, c: 1.5, d: 0x1F, e: true, f: ~, g: "7", h: 12:30, i: 2026-01-01, j: -4, k: [1, x], l: 17.10, m: 12345678901234567890, n: 0o17, o: 65000.10}}
              1.10:
            """
        let inventory = try Inventory.parse(text)
        #expect(inventory.hosts.map(\.name) == ["1", "yes", "1.10"])
        #expect(inventory["1"]?.password == .plain(Secret("0123")))
        #expect(inventory["1"]?.user == "no")
        #expect(inventory["1"]?.port == 22)
        #expect(
            inventory["yes"]?.data == [
                "a": .string("yes"), "b": .string("007"), "c": .double(1.5), "d": .string("0x1F"), "e": .bool(true), "f": .null,
                "g": .string("7"), "h": .string("12:30"), "i": .string("2026-01-01"), "j": .integer(-4),
                "k": .array([.integer(1), .string("x")]), "l": .string("17.10"), "m": .string("12345678901234567890"), "n": .string("0o17"),
                "o": .string("65000.10"),
            ])
    }

    @Test func anchorsAndMergeKeysWork_whenTheFileUsesThem() throws {
        let text = """
            x-common: &common {port: 2222, user: common}
            x-more: &more {user: more, platform: p}
            hosts:
              r1: {<<: *common, user: own}
              r2: {<<: [*common, *more]}
              r3: *more
            """
        let inventory = try Inventory.parse(text)
        #expect(inventory["r1"]?.port == 2222)
        #expect(inventory["r1"]?.user == "own")
        #expect(inventory["r2"]?.user == "common")
        #expect(inventory["r2"]?.platform == "p")
        #expect(inventory["r3"]?.user == "more")
    }

    @Test func pathsAreResolved_whenTheyAreRelativeOrAtHome() throws {
        let text = "hosts: {r1: {identity: [~/.ssh/id, keys/a, /etc/key], password: {file: pw}}}"
        let host = try #require(try Inventory.parse(text, file: "/srv/net/inventory.yaml")["r1"])
        #expect(host.identity[0].hasSuffix("/.ssh/id"))
        #expect(!host.identity[0].contains("~"))
        #expect(host.identity.dropFirst() == ["/srv/net/keys/a", "/etc/key"])
        #expect(host.password == .file("/srv/net/pw"))
        #expect(try Inventory.parse(text)["r1"]?.password == .file("pw"))
    }

    @Test func everyKindOfSecretIsRead_whenWrittenAsTheContractSays() throws {
        let text = """
            hosts:
              r1: {password: {command: [pass, show, "net/x y"]}, enable: {prompt: "TACACS password"}, passphrase: "p: #1"}
              r2: {password: {env: NET}}
            """
        let inventory = try Inventory.parse(text)
        #expect(inventory["r1"]?.password == .command(["pass", "show", "net/x y"]))
        #expect(inventory["r1"]?.enable == .prompt("TACACS password"))
        #expect(inventory["r1"]?.passphrase == .plain(Secret("p: #1")))
        #expect(inventory["r2"]?.password == .environment("NET"))
    }

    @Test func theExplanationNamesLayerAndLine_whenValuesComeFromAllOver() throws {
        let inventory = try Inventory.parse(
            """
            defaults:
              user: netops
              password: hunter2
            groups:
              ams: {data: {site: ams}}
              leaf:
                groups: [ams]
                platform: arista_eos
            hosts:
              leaf-01: {groups: [leaf], enable: {env: ENABLE}}
            """)
        let rows = inventory.explain(try #require(inventory["leaf-01"]))
        #expect(
            rows.map { "\($0.field) = \($0.value) (\($0.origin?.description ?? "-"))" } == [
                "address = leaf-01 (-)",
                "user = netops (defaults, inventory.yaml:2)",
                "password = <secret> (defaults, inventory.yaml:3)",
                "enable = {env: ENABLE} (host, inventory.yaml:10)",
                "platform = arista_eos (group leaf, inventory.yaml:8)",
                "groups = leaf, ams (host, inventory.yaml:10)",
                "data.site = ams (group ams, inventory.yaml:5)",
            ])
    }

    @Test func secretsAreMergedNameByName_overGroupsAndDefaults() throws {
        let inventory = try Inventory.parse(
            """
            defaults: {secrets: {root: {env: DEFAULT_ROOT}, sudo: {env: SUDO}}}
            groups:
              core: {secrets: {root: {env: CORE_ROOT}}}
            hosts:
              r1: {groups: [core], secrets: {shell: hunter2}}
              r2: {}
            """)
        let secrets = ["root": SecretSource.environment("CORE_ROOT"), "sudo": .environment("SUDO"), "shell": .plain(Secret("hunter2"))]
        #expect(inventory["r1"]?.secrets == secrets)
        #expect(inventory["r2"]?.secrets == ["root": .environment("DEFAULT_ROOT"), "sudo": .environment("SUDO")])
        let rows = inventory.explain(try #require(inventory["r1"])).map { "\($0.field) = \($0.value) (\($0.origin?.description ?? "-"))" }
        #expect(rows.contains("secrets.root = {env: CORE_ROOT} (group core, inventory.yaml:3)"))
        #expect(rows.contains("secrets.shell = <secret> (host, inventory.yaml:5)"))
        #expect(inventory["r1"]?.secretSources.count == 3)
    }

    @Test(arguments: [
        ("secrets: [a]", "'secrets' in host 'r1': found a list, expected a mapping of names"),
        ("secrets: {enable: x}", "found 'enable', which is a field of its own; write enable: beside secrets:"),
        ("secrets: {root: {evn: X}}", "'secrets.root' in host 'r1': found the unknown reference 'evn'"),
    ])
    func secretsThatMakeNoSenseAreReported(_ field: String, _ text: String) {
        let error = #expect(throws: (any Error).self) { try Inventory.parse("hosts: {r1: {\(field)}}") }
        #expect("\(error.map { "\($0)" } ?? "")".contains(text), "\(error.map { "\($0)" } ?? "")")
    }
}
