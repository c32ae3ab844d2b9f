import Foundation
import MusterSSH
import Testing

/// What a key file tells without its passphrase.
struct KeyFileTests {
    /// The beginning of a file in OpenSSH's format (its PROTOCOL.key), as far as the public half's type.
    private func file(type: String) -> [UInt8] {
        func field(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
        var bytes = Array("openssh-key-v1\0".utf8) + field("none") + field("none") + field("") + [0, 0, 0, 1]
        bytes += [0, 0, 0, 100] + field(type) + [UInt8](repeating: 7, count: 200)
        let body = Data(bytes).base64EncodedString(options: .lineLength64Characters)
        return Array("-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n".utf8)
    }

    @Test(arguments: ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"]) func tokenIsTold_byItsType(type: String) {
        #expect(KeyFile.isSecurityKey(file(type: type)))
        #expect(!KeyFile.isRSA(file(type: type)))
    }

    @Test(arguments: ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"]) func noTokenIsTold_ofOtherTypes(type: String) {
        #expect(!KeyFile.isSecurityKey(file(type: type)))
        #expect(KeyFile.isRSA(file(type: type)) == (type == "ssh-rsa"))
        #expect(!KeyFile.isSecurityKey(Array("nonsense".utf8)))
    }
}
