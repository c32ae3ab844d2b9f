import Muster
import MusterInventory
import Testing

@testable import Muster

/// What the system's `ssh` is told of a device's credentials.
struct OpenSSHLoginTests {
    /// A device of which `ssh_config` has been read.
    private func device(password: String? = nil, identities: [String] = [], _ credentials: [LoginCredential] = []) -> Device {
        var device = Device(name: "r1", user: "netops", password: password.map { Secret($0) }, identities: identities)
        device.credentials = credentials
        device.ssh.openSSHLines = []
        return device
    }

    private func settings(_ device: Device, hasAgent: Bool = true, of place: Int = 0) -> [String: String] {
        Dictionary(device.openSSHLogins(hasAgent: hasAgent)[place].settings.map { ($0.keyword, $0.value) }) { first, _ in first }
    }

    @Test func onlyItIsOffered_whenTheInventoryNamesAKey() {
        let device = device(identities: ["/keys/one"])
        #expect(settings(device) == ["IdentitiesOnly": "yes"])
        #expect(device.openSSHLogins(hasAgent: true)[0].identities == ["/keys/one"])
    }

    @Test func agentGoesAlong_whenTheListHasOne() {
        let key = LoginCredential(.identity(path: "/keys/one", passphrase: nil))
        #expect(settings(device([key, LoginCredential(.agent(socket: "/run/a b"))])) == ["IdentityAgent": "\"/run/a b\""])
        #expect(settings(device([LoginCredential(.agent(socket: nil))])) == ["IdentityFile": "none"])
        var configured = device([LoginCredential(.agent(socket: nil)), key])
        configured.ssh.identityAgent = .socket("/run/configured")
        configured.ssh.identitiesOnly = true
        #expect(settings(configured) == ["IdentityAgent": "\"/run/configured\"", "IdentitiesOnly": "yes"])
        configured.ssh.identityAgent = SSHSettings.IdentityAgent.none
        #expect(settings(configured)["IdentityAgent"] == "SSH_AUTH_SOCK")
    }

    @Test func noKeyIsOffered_whenThereIsOnlyAPassword() {
        #expect(settings(device(password: "x")) == ["PubkeyAuthentication": "no", "IdentityFile": "none"])
        // A library of ssh_config's has keys of its own.
        var device = device(password: "x")
        device.ssh.openSSHLines = ["pkcs11provider /usr/lib/p11.so"]
        #expect(settings(device) == ["IdentityFile": "none"])
        // Nobody knows what ssh's own reading finds.
        device.ssh.openSSHLines = nil
        #expect(settings(device) == [:])
    }

    @Test func sshHasItsOwnChoice_whenNobodyNamesAnything() {
        var device = device(identities: ["/home/a/.ssh/id_rsa"])
        device.ssh.identitiesAreOptional = true
        device.ssh.identitiesAreDefaults = true
        #expect(settings(device) == [:])
        #expect(device.openSSHLogins(hasAgent: true)[0].identities == [])
    }

    @Test func keysOfTheConfigurationGoBesideTheAgents() {
        var device = device(identities: ["/keys/one"])
        device.ssh.identitiesAreOptional = true
        #expect(settings(device) == [:])
        #expect(device.openSSHLogins(hasAgent: true)[0].identities == ["/keys/one"])
        // With a password, as each key costs it a try.
        device.password = Secret("x")
        #expect(settings(device) == ["IdentitiesOnly": "yes"])
    }

    @Test func noFileIsTried_whenTheConfigurationNamesNoneThatIsThere() {
        #expect(settings(device(), hasAgent: false) == ["IdentityFile": "none"])
    }

    @Test func methodsAreThoseOfTheConfiguration() {
        var device = device(password: "x", identities: ["/k"])
        device.ssh.disabledAuthentications = ["publickey", "password", "keyboard-interactive"]
        device.ssh.preferredAuthentications = ["password", "publickey"]
        device.ssh.certificateFiles = ["/k-cert.pub"]
        #expect(
            settings(device) == [
                "IdentitiesOnly": "yes", "PubkeyAuthentication": "no", "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no",
                "ChallengeResponseAuthentication": "no", "PreferredAuthentications": "\"password,publickey\"",
                "CertificateFile": "\"/k-cert.pub\"",
            ])
    }

    @Test func passwordGoesFirst_whenTheListHasItFirst() {
        let key = LoginCredential(.identity(path: "/k", passphrase: nil))
        let password = LoginCredential(.password(Secret("x")))
        #expect(settings(device([key, password]))["PreferredAuthentications"] == nil)
        #expect(
            settings(device([password, key]))["PreferredAuthentications"]
                == "\"gssapi-keyex,gssapi-with-mic,hostbased,password,publickey,keyboard-interactive\"")
        var limited = device([password, key])
        limited.ssh.preferredAuthentications = ["publickey", "password"]
        #expect(settings(limited)["PreferredAuthentications"] == "\"password,publickey\"")
    }

    @Test func usersComeOneAfterTheOther_eachWithItsOwn() {
        let device = device(
            password: "third", identities: ["/third"],
            [
                LoginCredential(.password(Secret("first")), user: "admin"), LoginCredential(.identity(path: "/second", passphrase: nil)),
                LoginCredential(.password(Secret("more")), user: "admin"), LoginCredential(.oneTimeCode(.prompt("Code"))),
            ])
        let logins = device.openSSHLogins(hasAgent: true)
        #expect(logins.map(\.user) == ["admin", "netops"])
        #expect(logins.map(\.passwords) == [[Secret("first"), Secret("more")], [Secret("third")]])
        #expect(logins.map(\.identities) == [[], ["/second", "/third"]])
        #expect(settings(device, of: 0)["PubkeyAuthentication"] == "no")
        #expect(settings(device, of: 1)["PubkeyAuthentication"] == nil)
    }
}
