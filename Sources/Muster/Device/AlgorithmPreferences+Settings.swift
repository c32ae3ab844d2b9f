import MusterSSH
import MusterSSHConfig

extension AlgorithmPreferences {
    /// The same, changed the way that the settings of a device say.
    ///
    /// - Throws: The keyword that leaves nothing to offer.
    func changed(by settings: SSHSettings) throws(NothingToOffer) -> AlgorithmPreferences {
        var copy = self
        // What a wildcard may bring in is all that the engine is good for.
        let all = AlgorithmPreferences.legacy
        try AlgorithmPreferences.change(&copy.keyExchange, settings.keyExchange, "KexAlgorithms", all.keyExchange)
        try AlgorithmPreferences.change(&copy.hostKey, settings.hostKeyAlgorithms, "HostKeyAlgorithms", all.hostKey)
        try AlgorithmPreferences.change(&copy.cipher, settings.ciphers, "Ciphers", all.cipher)
        try AlgorithmPreferences.change(&copy.mac, settings.macs, "MACs", all.mac)
        copy.compresses = settings.compression ?? false
        return copy
    }

    /// A list of `ssh_config` that leaves nothing to offer.
    struct NothingToOffer: Error {
        var keyword: String
        var list: AlgorithmList
    }

    private static func change(
        _ names: inout String, _ list: AlgorithmList?, _ keyword: String, _ supported: String
    ) throws(NothingToOffer) {
        guard let list else { return }
        func split(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
        // No algorithm but a mark: it stays where it was, at the end.
        let mark = "ext-info-c"
        let changed = list.applied(to: split(names).filter { $0 != mark }, supported: split(supported).filter { $0 != mark })
            .filter { canOffer($0) }
        guard !changed.isEmpty else { throw NothingToOffer(keyword: keyword, list: list) }
        names = (changed + (names.hasSuffix(mark) ? [mark] : [])).joined(separator: ",")
    }
}
