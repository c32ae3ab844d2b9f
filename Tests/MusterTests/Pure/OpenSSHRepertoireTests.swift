import MusterSSHConfig
import Testing

@testable import Muster

/// What an `ssh` is told of algorithms.
struct OpenSSHRepertoireTests {
    private let repertoire = OpenSSHRepertoire(
        known: OpenSSHAlgorithms(
            keyExchanges: ["curve25519-sha256", "diffie-hellman-group1-sha1"], hostKeys: ["ssh-rsa", "ssh-ed25519"],
            ciphers: ["aes128-ctr", "3des-cbc"], macs: ["hmac-sha2-256", "hmac-sha1"]),
        usual: OpenSSHAlgorithms(
            keyExchanges: ["curve25519-sha256"], hostKeys: ["ssh-ed25519"], userKeys: ["ssh-ed25519"], ciphers: ["aes128-ctr"],
            macs: ["hmac-sha2-256", "hmac-sha1"]))

    private func told(legacy: Bool, _ change: (inout SSHSettings) -> Void = { _ in }) -> [String: String] {
        var settings = SSHSettings()
        change(&settings)
        return Dictionary(uniqueKeysWithValues: repertoire.settings(for: settings, legacy: legacy).map { ($0.keyword, $0.value) })
    }

    @Test func onlyTheListsAreTold_whenTheDeviceIsNotOld() {
        #expect(told(legacy: false) == [:])
        let lists = told(legacy: false) {
            $0.ciphers = AlgorithmList("-aes128-ctr")
            $0.publicKeyAlgorithms = AlgorithmList("^ssh-rsa")
        }
        #expect(lists == ["Ciphers": "-aes128-ctr", "PubkeyAcceptedKeyTypes": "^ssh-rsa"])
    }

    @Test func oldOnesAreAdded_whenThisSSHKnowsThem() {
        #expect(
            told(legacy: true) == [
                "KexAlgorithms": "+diffie-hellman-group1-sha1", "HostKeyAlgorithms": "+ssh-rsa", "PubkeyAcceptedKeyTypes": "+ssh-rsa",
                "Ciphers": "+3des-cbc", "MACs": "+hmac-sha1",
            ])
    }

    /// As for the built-in transport, the lists change what is offered with the old ones among it.
    @Test(arguments: [
        ("aes128-ctr", "aes128-ctr"), ("+aes256-ctr", "+3des-cbc,aes256-ctr"), ("-*-cbc", "aes128-ctr"), ("-aes*", "3des-cbc"),
        ("^3des-cbc", "3des-cbc,aes128-ctr"),
    ]) func listsChangeWhatIsOfferedWithThem(list: String, expected: String) {
        #expect(told(legacy: true) { $0.ciphers = AlgorithmList(list) }["Ciphers"] == expected)
    }
}
