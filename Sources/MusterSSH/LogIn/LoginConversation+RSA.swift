/// RSA with SHA-2, of which libssh2 1.10 knows nothing.
///
/// OpenSSH's server takes a key whose blob begins with the name of the signature's algorithm instead of the key's, and libssh2 hands on as the
/// algorithm whatever name the blob begins with. No standard says so (RFC 8332 has `ssh-rsa` there), and other servers refuse such a blob, hang
/// up or hang. So it is done where an OpenSSH server has refused the key by SHA-1, and over a connection of its own.
extension LoginConversation {
    /// Whether a key that was refused gets another try, by SHA-2.
    func mayRetryRSA(_ index: Int) -> Bool {
        guard LibSSH2.lacksRSASHA2, !login.forcesRSASHA2, login.offers[index]?.type == "ssh-rsa", !login.sealed.contains(index) else {
            return false
        }
        return serverVersion.map(Self.isModernOpenSSH) == true
    }

    /// Has the keys tried again on the next connection; whether there are any.
    mutating func retryRSAKeys() -> Bool {
        let keys = login.policy.standing.indices.filter { login.policy.standing[$0] == .refused && mayRetryRSA($0) }
        guard !keys.isEmpty, login.policy.mayReconnect else { return false }
        login.forcesRSASHA2 = true
        login.policy.retry(keys)
        return true
    }

    /// Whether a version line is of an OpenSSH server that knows RSA with SHA-2: 7.2 and later.
    static func isModernOpenSSH(_ version: String) -> Bool {
        guard version.hasPrefix("SSH-2.0-OpenSSH_") else { return false }
        let numbers = version.dropFirst("SSH-2.0-OpenSSH_".count).split(separator: ".", maxSplits: 2).map { $0.prefix { $0.isNumber } }
        guard let major = numbers.first.flatMap({ Int($0) }) else { return false }
        let minor = numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
        return (major, minor) >= (7, 2)
    }
}

extension PublicKey {
    /// An RSA key under the name of its best signature; any other key as it is.
    var namedForSHA2: PublicKey {
        guard type == KeyAlgorithm.rsa.type else { return self }
        let fields = blob.dropFirst(WireBytes.string(Array(type.utf8)).count)
        return PublicKey(blob: WireBytes.string(Array(KeyAlgorithm.rsa.signatureAlgorithms[0].utf8)) + fields, comment: comment)
    }
}
