/// The public half of a host key.
package struct LabHostKey: Sendable, Equatable {
    /// The algorithm's name, such as `ssh-ed25519`.
    package let algorithm: String
    /// The key as in a known_hosts file.
    package let base64: String
    /// The fingerprint as OpenSSH writes it, `SHA256:…`.
    package let fingerprint: String
}
