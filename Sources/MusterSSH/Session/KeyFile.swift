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
        let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let data = Data(base64Encoded: body) else { return false }
        return data.prefix(256).firstRange(of: Data("ssh-rsa".utf8)) != nil
    }
}
