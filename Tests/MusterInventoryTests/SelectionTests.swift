import MusterInventory
import Testing

@Suite struct SelectionTests {
    private let inventory = Result {
        try Inventory.parse(
            """
            groups: {leaf: {data: {role: leaf}}, fra: {data: {site: fra}}}
            hosts:
              a: {groups: [leaf], platform: arista_eos, data: {site: ams, rack: {row: 7}, version: 17.10}}
              b: {groups: [leaf, fra], platform: cisco_iosxe, data: {tags: [edge, mpls], note: two words}}
              c: {data: {site: ams, role: spine, on: true}}
              d:
            """)
    }

    @Test(arguments: [
        ("site=ams", "a c"),
        ("site=ams & role!=spine", "a"),
        ("role!=spine", "a b d"),
        ("site=fra | role=spine", "b c"),
        ("site=ams & role=leaf | site=fra", "a b"),
        ("site=fra | site=ams & role=leaf", "a b"),
        ("(site=fra | site=ams) & role=leaf", "a b"),
        ("site=ams & (role=leaf | site=fra)", "a"),
        ("!(site=ams)", "b d"),
        ("!leaf", "c d"),
        ("leaf & !fra", "a"),
        ("group=fra", "b"),
        ("group=l*", "a b"),
        ("host=?", "a b c d"),
        ("platform=cisco*", "b"),
        ("platform!=arista_eos", "b c d"),
        ("tags=mpls", "b"),
        ("tags!=mpls", "a c d"),
        ("rack.row=7", "a"),
        ("version=17.10", "a"),
        ("on=true", "c"),
        ("note=\"two words\"", "b"),
        ("note='two*'", ""),
        ("site==ams&&role=leaf||host=d", "a d"),
    ])
    func hostsAreChosen_whenTheirAttributesMatch(_ text: String, _ names: String) throws {
        #expect(try inventory.get().select(where: try Selection(text)).map(\.name).joined(separator: " ") == names)
    }

    @Test(arguments: [
        ("", "'' at column 1: expected a comparison such as site=ams or the name of a group, found the end"),
        ("site=", "'site=' at column 6: expected a value for 'site', found the end"),
        ("=ams", "'=ams' at column 1: expected a comparison such as site=ams or the name of a group, found '='"),
        ("site=ams role=leaf", "'site=ams role=leaf' at column 10: expected '&', '|' or the end, found 'role'"),
        ("(site=ams", "'(site=ams' at column 10: expected ')', found the end"),
        ("site=ams)", "'site=ams)' at column 9: expected '&', '|' or the end, found ')'"),
        ("site=ams &", "'site=ams &' at column 11: expected a comparison such as site=ams or the name of a group, found the end"),
        ("site=~a", "'site=~a' at column 5: regular expressions are not known here; use '=' with '*' and '?'"),
        ("site=\"ams", "'site=\"ams' at column 6: the quote is not closed"),
        ("stie=ams", "'stie=ams' at column 1: no host has 'stie' in its data; did you mean 'site'?"),
        ("site=ams & plattform=x", "'site=ams & plattform=x' at column 12: no host has 'plattform' in its data; did you mean 'platform'?"),
        ("laef", "'laef' at column 1: the inventory has no group 'laef'; did you mean 'leaf'?"),
        ("group!=laef", "'group!=laef' at column 1: the inventory has no group 'laef'; did you mean 'leaf'?"),
    ])
    func theMistakeIsToldWithItsColumn_whenASelectionIsBad(_ text: String, _ message: String) throws {
        let inventory = try inventory.get()
        let error = #expect(throws: SelectionError.self) { try inventory.select(where: try Selection(text)) }
        #expect(error?.description == message)
    }

    @Test func deepNestingIsRefused_whenItWouldOverflowTheStack() {
        let text = String(repeating: "(", count: 100_000) + "a" + String(repeating: ")", count: 100_000)
        #expect(throws: SelectionError.self) { try Selection(text) }
    }

    @Test func setsAndSelectionJoin_whenBothAreGiven() throws {
        let hosts = try inventory.get().select(hosts: try NodeSet("a,b,c"), exclude: try NodeSet("c"), where: try Selection("leaf"))
        #expect(hosts.map(\.name) == ["a", "b"])
    }
}
