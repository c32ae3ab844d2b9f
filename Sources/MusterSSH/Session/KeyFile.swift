#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What can be told of a private key file without its passphrase.
package enum KeyFile {
    /// Whether the file holds an RSA key; an OpenSSH file carries the public half in the clear.
    package static func isRSA(_ content: [UInt8]) -> Bool {
        let text = String(decoding: content, as: UTF8.self)
        if text.contains("BEGIN RSA PRIVATE KEY") { return true }
        return publicHalf(text, names: "ssh-rsa")
    }

    /// Whether the file stands for a key in a FIDO token (OpenSSH's PROTOCOL.u2f), which libssh2 has no use for.
    package static func isSecurityKey(_ content: [UInt8]) -> Bool {
        let text = String(decoding: content, as: UTF8.self)
        return publicHalf(text, names: "sk-ssh-ed25519@openssh.com") || publicHalf(text, names: "sk-ecdsa-sha2-nistp256@openssh.com")
    }

    private static func publicHalf(_ text: String, names type: String) -> Bool {
        let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let data = Data(base64Encoded: body) else { return false }
        return data.prefix(256).firstRange(of: Data(type.utf8)) != nil
    }
}
