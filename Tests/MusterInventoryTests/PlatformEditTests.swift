import Testing

@testable import MusterInventory

/// Platforms written into an inventory's text.
struct PlatformEditTests {
    @Test func keepsCommentsAndLayout() {
        let before = """
            # Ours.
            defaults: {user: netops}   # all

            groups:
              leaf: {platform: eos}
            hosts:
              # the first
              r1:
                address: 192.0.2.1   # a comment

                groups: [leaf]
              r2: {address: 192.0.2.2}  # flow
              r3: {}
              r4:   # nothing
              "r5": ~
              r6:
                  port: 23
                  platform:   'junos'  # was wrong
              r7: {platform: "a\\"b", port: 22}
              r8: {address: h8}

            """
        let edit = PlatformEdit(
            of: before,
            setting: [
                "r1": "arista_eos", "r2": "cisco_iosxe", "r3": "frr", "r4": "linux", "r5": "linux", "r6": "juniper_junos",
                "r7": "cisco_nxos",
                "elsewhere": "frr",
            ])
        let after = """
            # Ours.
            defaults: {user: netops}   # all

            groups:
              leaf: {platform: eos}
            hosts:
              # the first
              r1:
                platform: arista_eos
                address: 192.0.2.1   # a comment

                groups: [leaf]
              r2: {platform: cisco_iosxe, address: 192.0.2.2}  # flow
              r3: {platform: frr}
              r4: {platform: linux}   # nothing
              "r5": {platform: linux}
              r6:
                  port: 23
                  platform:   juniper_junos  # was wrong
              r7: {platform: cisco_nxos, port: 22}
              r8: {address: h8}

            """
        #expect(edit.text == after)
        #expect(edit.count == 7)
        #expect(edit.refused.isEmpty, "\(edit.refused)")
    }

    @Test func keepsWindowsLineEnds() {
        let edit = PlatformEdit(of: "hosts:\r\n  r1:\r\n    port: 22\r\n", setting: ["r1": "frr"])
        #expect(edit.text.unicodeScalars.elementsEqual("hosts:\r\n  r1:\r\n    platform: frr\r\n    port: 22\r\n".unicodeScalars))
    }

    @Test func leavesAHostAlone_whenItsEntryIsSharedWithOthers() {
        let before = """
            x-common: &common {port: 2222}
            hosts:
              r1: *common
              r2: &second
                port: 22
              r3: *second
              r4: {<<: *common, address: h4}
            """
        let edit = PlatformEdit(of: before, setting: ["r1": "frr", "r2": "frr", "r4": "linux"])
        #expect(Set(edit.refused.map(\.host)) == ["r1", "r2"])
        #expect(edit.count == 1)
        #expect(edit.text == before.replacing("{<<: *common, ", with: "{platform: linux, <<: *common, "))
    }

    @Test func changesNothing_whenThereIsNothingToChange() {
        for text in ["", "hosts: {}\n", "hosts: [\n", "other: x\n"] {
            let edit = PlatformEdit(of: text, setting: ["r1": "frr"])
            #expect(edit.text == text && edit.count == 0 && edit.refused.isEmpty)
        }
    }

    @Test func isWhatAnInventorySaysThen() throws {
        let edit = PlatformEdit(of: "hosts:\n  ü1: {address: h1}\n  r2:\n", setting: ["ü1": "frr", "r2": "linux"])
        let inventory = try Inventory.parse(edit.text)
        #expect(inventory["ü1"]?.platform == "frr" && inventory["ü1"]?.address == "h1")
        #expect(inventory["r2"]?.platform == "linux")
    }

    @Test func takesAPathForADefinition_relativeToTheInventory() throws {
        let text = """
            hosts:
              r1: {platform: ./mine.yaml}
              r2: {platform: /etc/muster/other.yml}
              r3: {platform: mine.yaml}
              r4: {platform: frr}
            """
        let inventory = try Inventory.parse(text, file: "lab/inventory.yaml", knownPlatforms: ["frr"])
        #expect(inventory.hosts.map(\.platform) == ["lab/./mine.yaml", "/etc/muster/other.yml", "lab/mine.yaml", "frr"])
        #expect(throws: InventoryProblems.self) { try Inventory.parse("hosts: {r1: {platform: mine}}", knownPlatforms: ["frr"]) }
    }
}
