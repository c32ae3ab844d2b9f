import CLibSSH2

/// The linked libssh2 as a whole.
package enum LibSSH2 {
    /// Its version, such as `1.10.0`.
    package static var version: String {
        libssh2_version(0).map { String(cString: $0) } ?? "unknown"
    }

    /// Whether it signs with RSA keys by SHA-1 alone.
    package static let lacksRSASHA2 = version.hasPrefix("1.10.")

    /// Whether it can log in with a certificate, by the certificate's type.
    ///
    /// 1.10 gets the name of the signature's algorithm wrong for all but ECDSA, later versions for RSA where the signature is not their own.
    package static func canUse(certificate type: String) -> Bool {
        if type.hasPrefix("ecdsa-sha2-") { return true }
        return type.hasPrefix("ssh-ed25519-") && !version.hasPrefix("1.10.")
    }

    /// Initialises the library once per process.
    ///
    /// Its counter of initialisations is a plain integer, so it is never called twice, and `libssh2_exit` never at all.
    static let isInitialised: Bool = libssh2_init(0) == 0

    /// The host key algorithms that it knows.
    package static let hostKeyAlgorithms: Set<String> = {
        guard isInitialised, let session = libssh2_session_init_ex(nil, nil, nil, nil) else { return [] }
        defer { libssh2_session_free(session) }
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(session, LIBSSH2_METHOD_HOSTKEY, &names)
        guard count > 0, let names else { return [] }
        // The list is allocated, the names in it are not.
        defer { libssh2_free(session, names) }
        return Set((0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } })
    }()
}
