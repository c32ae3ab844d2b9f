/// What a lab simulates and how it is reached.
package struct LabConfiguration: Sendable {
    /// A way to log in.
    package enum Authentication: String, CaseIterable, Sendable {
        case password
        case keyboardInteractive = "keyboard-interactive"
        case publicKey = "publickey"
    }

    /// A kind of host key.
    package enum HostKeyType: String, CaseIterable, Sendable {
        case ed25519
        case ecdsa
        case rsa
    }

    /// The algorithms offered in the key exchange, as comma-separated names; nil offers what the SSH library offers.
    package struct Algorithms: Sendable {
        package var keyExchange: String?
        package var hostKey: String?
        package var cipher: String?
        package var mac: String?
        package var userKey: String?

        package init(
            keyExchange: String? = nil, hostKey: String? = nil, cipher: String? = nil, mac: String? = nil, userKey: String? = nil
        ) {
            self.keyExchange = keyExchange
            self.hostKey = hostKey
            self.cipher = cipher
            self.mac = mac
            self.userKey = userKey
        }
    }

    /// The devices; every other address in 127.0.0.0/8 is a device too, with the default platform and faults.
    package var devices: [LabDevice]
    /// What an address that no device has imitates.
    package var defaultPlatform = LabPlatform.ciscoIOSXE
    /// What is wrong with the devices at addresses that no device has.
    package var defaultFaults: [LabFault] = []
    /// The TCP port; 0 lets the system pick one.
    package var port: UInt16 = 0
    /// Whether the devices answer telnet too, at a port of its own.
    package var listensForTelnet = false
    /// The TCP port for telnet; 0 lets the system pick one.
    package var telnetPort: UInt16 = 0
    /// The user who may log in.
    package var user = "admin"
    /// That user's password.
    package var password = "admin"
    /// The secret that `enable` asks for.
    package var enableSecret = "admin"
    /// The ways to log in.
    package var authentication: Set<Authentication> = [.password, .publicKey]
    /// The question that keyboard-interactive asks; a code is asked for after the password when there are two.
    package var interactivePrompts = ["Password: "]
    /// The answers that keyboard-interactive expects; nil expects the password to each question.
    package var interactiveAnswers: [String]?
    /// The public keys that may log in, as in an authorized_keys file; nil accepts every key.
    package var authorizedKeys: [String]?
    /// The host keys that every device has.
    package var hostKeyTypes: [HostKeyType] = [.ed25519, .ecdsa]
    /// The algorithms offered.
    package var algorithms = Algorithms()
    /// Whether the devices carry connections onwards to other loopback addresses, as a bastion does.
    package var forwards = true
    /// Whether the lab remembers every line that was typed, for `Lab.typed(on:)`.
    package var recordsCommands = true

    package init(devices: [LabDevice] = []) {
        self.devices = devices
    }
}
