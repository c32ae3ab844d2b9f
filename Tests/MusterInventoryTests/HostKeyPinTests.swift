import MusterInventory
import Testing

struct HostKeyPinTests {
    private let key = "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
    private let print = "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4"

    @Test func fingerprint_isTakenAsSSHShowsIt() throws {
        for text in [print, "\(print)=", " \(print) ", "\(print) r1 (ED25519)"] {
            let pin = try HostKeyPin(text)
            #expect(pin.fingerprint == print)
            #expect(pin.type == nil)
            #expect(pin.base64 == nil)
        }
        let typed = try HostKeyPin("ssh-ed25519 \(print)")
        #expect(typed.type == "ssh-ed25519")
        #expect(typed.fingerprint == print)
        #expect(typed.description == "ssh-ed25519 \(print)")
    }

    @Test func key_isTakenAsItStandsInAFile() throws {
        let pin = try HostKeyPin("ssh-ed25519 \(key) r1.example")
        #expect(pin.type == "ssh-ed25519")
        #expect(pin.base64 == key)
        #expect(pin.fingerprint == nil)
    }

    @Test func mistakes_areToldWithTheirPlace() {
        let text = """
            groups: {g: {host_key: MD5:aa}}
            hosts:
              r1: {host_key: SHA256:abc}
              r2: {host_key: [ssh-rsa \(key), nonsense, ""]}
              r3: {host_key: {a: b}}
              r4: {host_key: "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99"}
            """
        let expected = "expected SHA256:… or a key such as 'ssh-ed25519 AAAA…'"
        let md5 = "found an MD5 fingerprint, \(expected); ssh-keygen -l shows the SHA256 one; muster keys scan does so too"
        let error = #expect(throws: InventoryProblems.self) { try Inventory.parse(text) }
        #expect(
            error?.problems.map(\.description) == [
                "inventory.yaml:1:24: 'host_key' in group 'g': \(md5)",
                "inventory.yaml:3:18: 'host_key' in host 'r1': found 'SHA256:abc', \(expected); "
                    + "a fingerprint has 43 characters behind SHA256:, here are 3",
                "inventory.yaml:4:19: 'host_key' in host 'r2': found a key that is not of the type 'ssh-rsa', \(expected); "
                    + "copy the whole line of the key",
                "inventory.yaml:4:97: 'host_key' in host 'r2': found 'nonsense', \(expected)",
                "inventory.yaml:4:107: 'host_key' in host 'r2': found empty text, \(expected)",
                "inventory.yaml:5:18: 'host_key' in host 'r3': found a mapping, \(expected)",
                "inventory.yaml:6:18: 'host_key' in host 'r4': \(md5)",
            ])
    }

    @Test func hostGoesBeforeItsGroup_andTheDefaultsHaveNone() throws {
        let inventory = try Inventory.parse(
            "groups: {g: {host_key: \(print)}}\nhosts: {r1: {groups: g}, r2: {groups: g, host_key: ssh-ed25519 \(key)}}")
        #expect(inventory["r1"]?.hostKey == [try HostKeyPin(print)])
        #expect(inventory["r2"]?.hostKey == [try HostKeyPin("ssh-ed25519 \(key)")])
        let explained = try inventory.explain(#require(inventory["r1"])).first { $0.field == "host_key" }
        #expect(explained?.value == print)
        #expect(explained?.origin?.description == "group g, inventory.yaml:1")
        #expect(throws: InventoryProblems.self) { try Inventory.parse("defaults: {host_key: \(print)}\nhosts: {r1: }") }
    }
}
