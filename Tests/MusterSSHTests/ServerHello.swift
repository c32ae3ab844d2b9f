/// A server's first bytes, built by hand: its version line and its KEXINIT (RFC 4253, 7.1).
enum ServerHello {
    static func bytes(
        keyExchange: String = "curve25519-sha256", hostKey: String = "ssh-ed25519", cipher: String = "aes128-ctr",
        mac: String = "hmac-sha2-256"
    ) -> [UInt8] {
        var payload: [UInt8] = [20] + Array(repeating: 7, count: 16)
        for list in [keyExchange, hostKey, cipher, cipher, mac, mac, "none", "none", "", ""] {
            payload += integer(list.utf8.count) + Array(list.utf8)
        }
        payload += [0] + integer(0)
        let padding = 8 - (payload.count + 5) % 8 + 8
        let packet = integer(payload.count + padding + 1) + [UInt8(padding)] + payload + Array(repeating: 0, count: padding)
        return Array("SSH-2.0-test\r\n".utf8) + packet
    }

    private static func integer(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }
}
