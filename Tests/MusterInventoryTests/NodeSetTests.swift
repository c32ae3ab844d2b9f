import MusterInventory
import Testing

@Suite struct NodeSetTests {
    @Test(arguments: [
        ("leaf[01-03,60],spine1", ["leaf01", "leaf02", "leaf03", "leaf60", "spine1"]),
        ("r[9-11]", ["r9", "r10", "r11"]),
        ("r[08-10]x", ["r08x", "r09x", "r10x"]),
        ("r[0-10/5]", ["r0", "r5", "r10"]),
        ("r[1-2]-[a]", []),
        ("a[1-2]b[3,5]", ["a1b3", "a1b5", "a2b3", "a2b5"]),
        ("a,b,a", ["a", "b"]),
        ("a b\tc", ["a", "b", "c"]),
        ("a[1-5]!a[2-3]", ["a1", "a4", "a5"]),
        ("a[1-5],!a3", ["a1", "a2", "a4", "a5"]),
        ("a[1-5]&a[4-9]", ["a4", "a5"]),
        ("a[1-3]^a[3-4]", ["a1", "a2", "a4"]),
        ("a,b!b,b", ["a", "b"]),
        ("a , b ! a", ["b"]),
        ("[::1]:22,u@[2001:db8::1],x", ["[::1]:22", "u@[2001:db8::1]", "x"]),
    ])
    func namesAreExpanded_whenWrittenAsClushDoes(_ text: String, _ names: [String]) throws {
        if names.isEmpty {
            #expect(throws: SelectionError.self) { try NodeSet(text) }
        } else {
            #expect(try NodeSet(text).names() == names)
        }
    }

    @Test(arguments: [
        ("", "'': expected at least one name"),
        ("leaf[1-", "'leaf[1-' at column 8: expected a number, found the end"),
        ("leaf[1-3", "'leaf[1-3' at column 5: '[' without ']'"),
        ("leaf1]", "'leaf1]' at column 6: found ']' without '['"),
        ("leaf[a]", "'leaf[a]' at column 6: expected a number, found 'a'"),
        ("leaf[]", "'leaf[]' at column 6: expected a number, found ']'"),
        ("leaf[1;2]", "'leaf[1;2]' at column 7: expected ',' or ']', found ';'"),
        ("leaf[9-1]", "'leaf[9-1]' at column 6: the range 9-1 runs backwards; write 1-9"),
        ("leaf[1-010]", "'leaf[1-010]' at column 6: the range 1-010 has ends of different widths"),
        ("leaf[1-9/0]", "'leaf[1-9/0]' at column 10: expected a step of at least 1"),
        ("leaf[1-2000000]", "'leaf[1-2000000]' at column 6: the range 1-2000000 stands for more than 1000000 names"),
        ("leaf[1-99999999999999999999]", "'leaf[1-99999999999999999999]' at column 8: the number 99999999999999999999 is too large"),
        ("a[1-2000]b[1-2000]", "'a[1-2000]b[1-2000]' at column 1: 'a[1-2000]b[1-2000]' stands for more than 1000000 names"),
        ("!a", "'!a' at column 1: expected a name before '!'"),
        ("a!", "'a!' at column 2: expected a name after '!'"),
        ("a!&b", "'a!&b' at column 3: expected a name, found '&'"),
        ("a,@", "'a,@' at column 3: expected the name of a group after '@'"),
        ("@leaf", "'@leaf' at column 1: the group 'leaf' needs an inventory"),
        ("a,leaf*", "'a,leaf*' at column 3: the pattern 'leaf*' needs an inventory"),
    ])
    func theMistakeIsToldWithItsColumn_whenASetIsBad(_ text: String, _ message: String) {
        let error = #expect(throws: SelectionError.self) { try NodeSet(text).names() }
        #expect(error?.description == message)
    }

    private let inventory = Result {
        try Inventory.parse(
            """
            groups: {leaf: {groups: [ams]}, spine: , ams: , empty: }
            hosts:
              spine1: {groups: [spine]}
              leaf-10: {groups: [leaf]}
              leaf-02: {groups: [leaf]}
              leaf-01: {groups: [leaf, spine]}
              2001:db8::1:
            """)
    }

    @Test(arguments: [
        ("leaf-[01-02],spine1", "spine1 leaf-02 leaf-01"),
        ("leaf*", "leaf-10 leaf-02 leaf-01"),
        ("leaf-?1,leaf-01", "leaf-01"),
        ("@leaf", "leaf-10 leaf-02 leaf-01"),
        ("@ams!leaf-10", "leaf-02 leaf-01"),
        ("@leaf&@spine", "leaf-01"),
        ("@leaf^@spine", "spine1 leaf-10 leaf-02"),
        ("@s*", "spine1 leaf-01"),
        ("@empty", ""),
        ("2001:db8::1", "2001:db8::1"),
        ("*!@leaf", "spine1 2001:db8::1"),
    ])
    func hostsAreChosenInTheOrderOfTheInventory_whenASetNamesThem(_ text: String, _ names: String) throws {
        #expect(try inventory.get().select(hosts: try NodeSet(text)).map(\.name).joined(separator: " ") == names)
    }

    @Test func excludedHostsAreLeftOut_whenBothSetsAreGiven() throws {
        let inventory = try inventory.get()
        #expect(try inventory.select(hosts: try NodeSet("@leaf"), exclude: try NodeSet("leaf-0[1-2]")).map(\.name) == ["leaf-10"])
        #expect(try inventory.select(exclude: try NodeSet("*")).isEmpty)
        #expect(try inventory.select().count == 5)
    }

    @Test(arguments: [
        ("leaf-0", "'leaf-0' at column 1: the inventory has no host 'leaf-0'; did you mean 'leaf-10'?"),
        ("spine1,laef-02", "'spine1,laef-02' at column 8: the inventory has no host 'laef-02'; did you mean 'leaf-02'?"),
        (
            "leaf-[01-09]",
            "'leaf-[01-09]' at column 1: the inventory has no hosts 'leaf-03', 'leaf-04', 'leaf-05', 'leaf-06', 'leaf-07' and 2 more"
        ),
        ("@leav", "'@leav' at column 1: the inventory has no group 'leav'; did you mean 'leaf'?"),
        ("empty", "'empty' at column 1: the inventory has no host 'empty'; 'empty' is a group: write @empty"),
        ("@spine1x*", "'@spine1x*' at column 1: no group of the inventory matches 'spine1x*'"),
        ("x*", "'x*' at column 1: no host of the inventory matches 'x*'"),
    ])
    func aSimilarNameIsOffered_whenTheInventoryHasNoSuchName(_ text: String, _ message: String) throws {
        let inventory = try inventory.get()
        let set = try NodeSet(text)
        #expect(#expect(throws: SelectionError.self) { try inventory.select(hosts: set) }?.description == message)
        #expect(#expect(throws: SelectionError.self) { try inventory.select(exclude: set) }?.description == message)
    }

    @Test func addressesAreRead_whenThereIsNoInventory() throws {
        let hosts = try InventoryHost.adHoc(try NodeSet("netops@192.0.2.1:2222,[::1]:22,2001:db8::2,r1,a@r2,u@dom@[::2]"))
        #expect(hosts.map(\.name) == ["192.0.2.1", "::1", "2001:db8::2", "r1", "r2", "::2"])
        #expect(hosts.map(\.address) == hosts.map(\.name))
        #expect(hosts.map(\.port) == [2222, 22, nil, nil, nil, nil])
        #expect(hosts.map(\.user) == ["netops", nil, nil, nil, "a", "u@dom"])
    }

    @Test func namesStayApart_whenTwoAddressesAreTheSame() throws {
        let hosts = try InventoryHost.adHoc(try NodeSet("lab:[2201-2202],other"))
        #expect(hosts.map(\.name) == ["lab:2201", "lab:2202", "other"])
        #expect(hosts.map(\.address) == ["lab", "lab", "other"])
        #expect(hosts.map(\.port) == [2201, 2202, nil])
    }

    @Test(arguments: [
        ("r1:70000", "'r1:70000': port: found '70000', expected 1 to 65535"),
        ("r1:", "'r1:': port: found '', expected 1 to 65535"),
        ("u@", "'u@': expected an address"),
        ("[::1]x", "'[::1]x': expected ':' and a port after ']'"),
    ])
    func theMistakeIsTold_whenAnAddressIsBad(_ text: String, _ message: String) throws {
        #expect(#expect(throws: SelectionError.self) { try InventoryHost.adHoc(text) }?.description == message)
    }
}
