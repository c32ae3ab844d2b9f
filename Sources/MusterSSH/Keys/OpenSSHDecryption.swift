import CLibSSH

/// Decrypts key files of OpenSSH's own form, whose key derivation (bcrypt) OpenSSL does not have and libssh does.
///
/// It takes a tenth of a second of CPU and more: it belongs on the thread pool.
enum OpenSSHDecryption {
    /// Decrypts a file.
    ///
    /// - Returns: The file's text without encryption; `nil` for an RSA key, which libssh 0.10 decrypts and cannot give away: it leaves out two
    ///   numbers (the exponents for each prime) without which OpenSSL writes no RSA key.
    /// - Throws: `KeyProblem.wrongPassphrase`.
    static func decrypt(_ content: [UInt8], passphrase: String) throws(KeyProblem) -> [UInt8]? {
        var key: ssh_key?
        let text = content.map { CChar(bitPattern: $0) } + [0]
        // libssh would ask for an empty passphrase, as if there was none.
        guard !passphrase.isEmpty, ssh_pki_import_privkey_base64(text, passphrase, nil, nil, &key) == SSH_OK, let key else {
            throw .wrongPassphrase
        }
        defer { ssh_key_free(key) }
        var plain: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_privkey_base64(key, nil, nil, nil, &plain) == SSH_OK, let plain else { return nil }
        defer {
            // Nothing is to be found there later.
            memset(plain, 0, strlen(plain))
            ssh_string_free_char(plain)
        }
        return [UInt8](UnsafeRawBufferPointer(start: plain, count: strlen(plain)))
    }
}
