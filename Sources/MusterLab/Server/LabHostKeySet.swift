import CLibSSH
import Synchronization

/// Host keys made when first asked for and kept in memory until the process ends.
///
/// Labs of one process share two sets, as making RSA keys is slow: the usual one and the one for changed host keys.
final class LabHostKeySet: Sendable {
    static let usual = LabHostKeySet()
    static let changed = LabHostKeySet()

    /// A private key.
    ///
    /// libssh's keys are only read once made, and libssh copies them into each session.
    private struct Key: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let keys = Mutex<[LabConfiguration.HostKeyType: Key]>([:])

    /// A copy of a key of a kind, for a bind to own.
    func copy(_ type: LabConfiguration.HostKeyType) throws(LabError) -> OpaquePointer {
        let key = try key(type)
        guard let copy = ssh_key_dup(key.pointer) else { throw .ssh("could not copy a host key") }
        return copy
    }

    func publicKey(_ type: LabConfiguration.HostKeyType) throws(LabError) -> LabHostKey {
        let key = try key(type)
        var text: UnsafeMutablePointer<CChar>?
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard ssh_pki_export_pubkey_base64(key.pointer, &text) == SSH_OK, let text,
            ssh_get_publickey_hash(key.pointer, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0, let hash
        else { throw .ssh("could not export a host key") }
        defer {
            ssh_string_free_char(text)
            var freed: UnsafeMutablePointer<UInt8>? = hash
            ssh_clean_pubkey_hash(&freed)
        }
        guard let fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else {
            throw .ssh("could not hash a host key")
        }
        defer { ssh_string_free_char(fingerprint) }
        let algorithm =
            switch type {
            case .ed25519: "ssh-ed25519"
            case .ecdsa: "ecdsa-sha2-nistp256"
            case .rsa: "ssh-rsa"
            }
        return LabHostKey(algorithm: algorithm, base64: String(cString: text), fingerprint: String(cString: fingerprint))
    }

    private func key(_ type: LabConfiguration.HostKeyType) throws(LabError) -> Key {
        let key: Key? = keys.withLock { keys in
            if let key = keys[type] { return key }
            var pointer: OpaquePointer?
            let status =
                switch type {
                case .ed25519: ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &pointer)
                case .ecdsa: ssh_pki_generate(SSH_KEYTYPE_ECDSA_P256, 256, &pointer)
                case .rsa: ssh_pki_generate(SSH_KEYTYPE_RSA, 2048, &pointer)
                }
            guard status == SSH_OK, let pointer else { return nil }
            keys[type] = Key(pointer: pointer)
            return keys[type]
        }
        guard let key else { throw .ssh("could not make a \(type.rawValue) host key") }
        return key
    }
}
