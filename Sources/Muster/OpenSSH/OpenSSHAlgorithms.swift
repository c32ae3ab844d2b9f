/// Names of algorithms by their kind: what an `ssh` knows, or what is to be added to what it offers.
struct OpenSSHAlgorithms: Sendable, Equatable {
    var keyExchanges: [String] = []
    var hostKeys: [String] = []
    var ciphers: [String] = []
    var macs: [String] = []

    /// What old devices speak and today's ssh no longer offers by itself.
    static let old = OpenSSHAlgorithms(
        keyExchanges: ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
        hostKeys: ["ssh-rsa", "ssh-dss"], ciphers: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"],
        macs: ["hmac-sha1", "hmac-sha1-96"])

    /// Those that are in `other` too: ssh refuses to start when it is told of one that it does not know.
    func known(to other: OpenSSHAlgorithms) -> OpenSSHAlgorithms {
        OpenSSHAlgorithms(
            keyExchanges: keyExchanges.filter(other.keyExchanges.contains), hostKeys: hostKeys.filter(other.hostKeys.contains),
            ciphers: ciphers.filter(other.ciphers.contains), macs: macs.filter(other.macs.contains))
    }

    /// The options that add them to ssh's own lists.
    var additions: [(String, String)] {
        let lists = [
            ("KexAlgorithms", keyExchanges), ("HostKeyAlgorithms", hostKeys),
            // Its name before OpenSSH 8.5 was PubkeyAcceptedKeyTypes, which newer ones still take.
            ("PubkeyAcceptedKeyTypes", hostKeys), ("Ciphers", ciphers), ("MACs", macs),
        ]
        return lists.filter { !$0.1.isEmpty }.map { ($0.0, "+" + $0.1.joined(separator: ",")) }
    }
}
