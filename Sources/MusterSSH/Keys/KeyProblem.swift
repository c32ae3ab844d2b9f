/// Why a key cannot be used.
package enum KeyProblem: Error, Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file cannot be read; the text is the system's.
    case unreadable(String)
    /// Others than its owner may read the file.
    case openToOthers(mode: UInt32)
    /// The file holds no private key.
    case notAKey
    /// Keys of this type are not known here.
    case unknownType(String)
    /// The file is encrypted with a cipher that cannot be undone here.
    case unknownCipher(String)
    /// The file is encrypted, and there is no passphrase.
    case needsPassphrase
    /// A person was asked for the passphrase and gave none.
    case passphraseNotGiven
    /// The passphrase does not decrypt the file.
    case wrongPassphrase
    /// The file has a key's form and makes no sense.
    case damaged
    /// The linked libssh2 has no use for certificates of this type.
    case certificate(String)
    /// `PubkeyAcceptedAlgorithms` has none of the key's algorithms.
    case notAccepted
    /// The agent is of no use.
    case agent(AgentProblem)

    /// What is wrong, behind the key's name and a colon.
    package var message: String {
        switch self {
        case .missing: "there is no such file"
        case .unreadable(let text): "it cannot be read: \(text)"
        case .openToOthers(let mode):
            "others can read it (its mode is 0\(String(mode, radix: 8))), and so ssh would not use it either"
        case .notAKey: "it is no private key"
        case .unknownType(let type): "keys of the type \(type) are not known to the built-in transport"
        case .unknownCipher(let name): "it is encrypted with \(name), which the libraries here cannot decrypt"
        case .needsPassphrase: "it is encrypted, and there is no passphrase"
        case .passphraseNotGiven: "it is encrypted, and nobody gave its passphrase"
        case .wrongPassphrase: "wrong passphrase"
        case .damaged: "it is damaged, or of a form that is not known"
        case .certificate(let type): "libssh2 \(LibSSH2.version) cannot log in with certificates of the type \(type)"
        case .notAccepted: "PubkeyAcceptedAlgorithms of ssh_config leaves its algorithms out"
        case .agent(let problem): problem.message
        }
    }

    /// What to do about it.
    ///
    /// - Parameter path: The key file.
    package func hint(path: String) -> String? {
        switch self {
        case .missing, .unreadable, .notAKey: "check `identity`"
        case .openToOthers: "chmod 600 \(path)"
        case .unknownType(let type) where type.hasPrefix("sk-"), .certificate(let type):
            "the system's ssh may know it: transport: openssh" + (type.hasPrefix("sk-") ? ", or auto" : " or auto")
        case .unknownType: "make an ed25519 or ecdsa key: ssh-keygen -t ed25519"
        case .unknownCipher: "ssh-keygen -p -Z aes256-ctr -f \(path)"
        case .needsPassphrase: "set `passphrase`, add the key to an agent (ssh-add), or run on a terminal, where it is asked for"
        case .passphraseNotGiven: "set `passphrase`, or add the key to an agent (ssh-add)"
        case .wrongPassphrase: "check `passphrase`"
        case .damaged: "see what ssh-keygen -y -f \(path) says"
        case .notAccepted: "change PubkeyAcceptedAlgorithms, or leave ssh_config aside with -F none"
        case .agent: "see what ssh-add -l says; IdentityAgent none leaves the agent aside"
        }
    }
}

/// Why an agent is of no use.
package enum AgentProblem: Error, Sendable, Hashable {
    /// No socket is named.
    case noSocket
    /// No connection; the text is the system's.
    case unreachable(socket: String, String)
    /// It did not answer in time.
    case silent(seconds: Int64)
    /// It closed the connection instead of answering.
    case closed
    /// It answered with what makes no sense.
    case garbled
    /// It has no key that can be used.
    case empty
    /// It would not sign.
    case refused
    /// The task was cancelled, or the run is over.
    case cancelled

    /// What is wrong.
    package var message: String {
        switch self {
        case .noSocket: "there is no agent: SSH_AUTH_SOCK is not set"
        case .unreachable(let socket, let text): "no connection to the agent at \(socket): \(text)"
        case .silent(let seconds): "the agent did not answer within \(seconds)s"
        case .closed: "the agent closed the connection"
        case .garbled: "the agent's answer makes no sense"
        case .empty: "the agent has no key that can be used here"
        case .refused: "the agent refused to sign"
        case .cancelled: "cancelled"
        }
    }
}
