import Testing

@testable import MusterSSH

struct AlgorithmWeaknessTests {
    private func weak(
        keyExchange: String = "curve25519-sha256", hostKey: String = "ssh-ed25519", cipher: String = "aes128-ctr",
        mac: String = "hmac-sha2-256"
    ) -> [String: String] {
        var machine = OfferMachine()
        let hello = ServerHello.bytes(keyExchange: keyExchange, hostKey: hostKey, cipher: cipher, mac: mac)
        guard case .done(let offer) = hello.withUnsafeBytes({ machine.receive($0) }) else { return ["": "no offer"] }
        return Dictionary(uniqueKeysWithValues: AlgorithmWeakness.all(in: offer).map { ($0.algorithm, $0.reason) })
    }

    @Test func goodAlgorithms_areNotFlagged() {
        let found = weak(
            keyExchange:
                "sntrup761x25519-sha512@openssh.com,curve25519-sha256,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,"
                + "diffie-hellman-group14-sha256,kex-strict-s-v00@openssh.com,ext-info-s",
            hostKey: "rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519,ssh-ed25519-cert-v01@openssh.com",
            cipher: "chacha20-poly1305@openssh.com,aes128-ctr,aes256-gcm@openssh.com",
            mac: "umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512,umac-128@openssh.com")
        #expect(found == [:])
    }

    @Test func weakAlgorithms_areFlaggedWithTheReason() {
        #expect(
            weak(keyExchange: "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==,rsa1024-sha1")
                == [
                    "diffie-hellman-group1-sha1": "a group of 1024 bits (Logjam); SHA-1", "diffie-hellman-group14-sha1": "SHA-1",
                    "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==": "SHA-1", "rsa1024-sha1": "an RSA key of 1024 bits; SHA-1",
                ])
        #expect(
            weak(hostKey: "ssh-rsa,ssh-dss,ssh-rsa-cert-v01@openssh.com,ssh-ed25519") == [
                "ssh-rsa": "signs with SHA-1", "ssh-dss": "DSA of 1024 bits, signs with SHA-1",
                "ssh-rsa-cert-v01@openssh.com": "signs with SHA-1",
            ])
        let cbc = "CBC mode, which leaks plaintext in SSH"
        #expect(
            weak(cipher: "aes256-cbc,3des-cbc,blowfish-cbc,arcfour256,none,des-cbc,rijndael-cbc@lysator.liu.se") == [
                "aes256-cbc": cbc, "3des-cbc": "blocks of 64 bits (Sweet32); \(cbc)", "blowfish-cbc": "blocks of 64 bits (Sweet32); \(cbc)",
                "arcfour256": "RC4 is broken", "none": "no protection at all", "des-cbc": "a key of 56 bits; \(cbc)",
                "rijndael-cbc@lysator.liu.se": cbc,
            ])
        #expect(
            weak(mac: "hmac-sha1,hmac-md5-96,umac-64@openssh.com,hmac-sha1-96-etm@openssh.com,none,hmac-sha2-256-96") == [
                "hmac-sha1": "SHA-1", "hmac-md5-96": "MD5; a tag of 96 bits", "umac-64@openssh.com": "a tag of 64 bits",
                "hmac-sha1-96-etm@openssh.com": "SHA-1; a tag of 96 bits", "none": "no protection against changes",
                "hmac-sha2-256-96": "a tag of 96 bits",
            ])
    }

    @Test func terrapin_isFlagged_unlessTheKeyExchangeIsStrict() {
        let open = "open to Terrapin: no strict key exchange"
        #expect(weak(cipher: "chacha20-poly1305@openssh.com,aes128-ctr") == ["chacha20-poly1305@openssh.com": open])
        #expect(
            weak(cipher: "aes128-cbc", mac: "hmac-sha2-256-etm@openssh.com")["aes128-cbc"]
                == "CBC mode, which leaks plaintext in SSH; \(open)")
        #expect(weak(cipher: "aes128-cbc")["aes128-cbc"] == "CBC mode, which leaks plaintext in SSH")
        #expect(weak(keyExchange: "curve25519-sha256,kex-strict-s-v00@openssh.com", cipher: "chacha20-poly1305@openssh.com") == [:])
    }
}
