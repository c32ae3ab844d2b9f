import MusterSSH

/// A key file as a login gets it, without a run around it.
struct TestKey: KeySource {
    let file: KeyFile
    var passphrase: String?

    var name: String { "public key \(file.path)" }
    var identity: String { file.path }
    var isAgents: Bool { false }

    func prepare() async -> KeyPreparation {
        do throws(KeyProblem) {
            switch try await file.unlock(passphrase: passphrase) {
            case .key(let key): return .ready(KeyOffer(name: name, publicKey: key.publicKey, signer: .key(key)))
            case .sealed(let key): return .sealed(key)
            }
        } catch {
            return .unusable(error, hint: error.hint(path: file.path))
        }
    }

    func unlock(for device: String) async {}
}

extension Credential {
    /// The key in a file.
    static func keyFile(_ path: String, passphrase: String? = nil) -> Credential {
        .key(TestKey(file: KeyFile.read(path: path), passphrase: passphrase))
    }
}
