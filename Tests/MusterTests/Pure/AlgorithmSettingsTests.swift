import MusterSSH
import MusterSSHConfig
import Testing

@testable import Muster

@Suite struct AlgorithmSettingsTests {
    private func changed(_ change: (inout SSHSettings) -> Void) throws -> AlgorithmPreferences {
        var settings = SSHSettings()
        change(&settings)
        return try AlgorithmPreferences.standard.changed(by: settings)
    }

    @Test func nothingChanges_whenNothingIsSaid() throws {
        #expect(try changed { _ in } == .standard)
    }

    @Test func listsChangeWhatIsOffered() throws {
        let preferences = try changed {
            $0.keyExchange = AlgorithmList("+diffie-hellman-group1-sha1")
            $0.ciphers = AlgorithmList("aes256-ctr,arcfour,none")
            $0.macs = AlgorithmList("-*-etm@openssh.com")
            $0.hostKeyAlgorithms = AlgorithmList("^ssh-rsa")
        }
        // The mark for RFC 8308 stays last.
        #expect(preferences.keyExchange.hasSuffix(",diffie-hellman-group1-sha1,ext-info-c"))
        // What crashes the engine or encrypts nothing is not offered, whoever asks for it.
        #expect(preferences.cipher == "aes256-ctr")
        #expect(preferences.mac == "hmac-sha2-256,hmac-sha2-512")
        #expect(preferences.hostKey.hasPrefix("ssh-rsa,ecdsa-sha2-nistp256,"))
    }

    @Test func nothingIsConnectedTo_whenNothingIsLeft() {
        #expect(throws: AlgorithmPreferences.NothingToOffer.self) { try changed { $0.ciphers = AlgorithmList("-*") } }
    }
}
