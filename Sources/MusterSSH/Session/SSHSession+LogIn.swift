extension SSHSession {
    /// Logs in with the first credential that the server takes.
    ///
    /// Each credential is tried once: every refusal counts against the account. A password goes to `password` first and to
    /// `keyboard-interactive` only when the server does not offer the former, so a wrong one is not offered twice.
    package func logIn(user: String, credentials: [Credential]) async throws(SSHError) {
        var refused: [Credential] = []
        for credential in credentials {
            do {
                return try await authenticate(user: user, with: credential)
            } catch  where error.kind == .refused {
                refused.append(credential)
            } catch  where error.kind == .credential {
                throw SSHError(.credential, stage: .authentication, "\(credential): \(error.message)", hint: error.hint)
            }
        }
        let offered: [String]
        do {
            offered = try await methods(user: user)
        } catch  where error.kind == .connectionLost && !refused.isEmpty {
            // The refusal is the news; that the device hung up after it is a detail.
            throw SSHError(
                .refused, stage: .authentication,
                "user \(user) was refused (tried: \(refused.map(\.description).joined(separator: ", "))), and \(error.message)",
                hint: "check the user name and the password or key")
        }
        // An empty list means that the server lets this user in without a credential.
        if offered.isEmpty, refused.isEmpty { return }
        if !offered.contains("password"), offered.contains("keyboard-interactive"), let password = passwords(in: refused).first {
            do {
                return try await authenticate(user: user, with: .keyboardInteractive(password: password))
            } catch  where error.kind == .refused {
                if let unansweredQuestion {
                    throw SSHError(
                        .refused, stage: .authentication,
                        "the device asked \"\(unansweredQuestion)\" for user \(user), which only a question for a password is answered to",
                        hint: "one-time passwords cannot be given yet")
                }
                refused.append(.keyboardInteractive(password: password))
            }
        }
        throw refusal(user: user, refused: refused, offered: offered)
    }

    private func passwords(in credentials: [Credential]) -> [String] {
        credentials.compactMap { credential in
            if case .password(let password) = credential { password } else { nil }
        }
    }

    private func refusal(user: String, refused: [Credential], offered: [String]) -> SSHError {
        let accepts = "the device accepts " + (offered.isEmpty ? "nothing else" : offered.joined(separator: ", "))
        guard !refused.isEmpty else {
            return SSHError(
                .credential, stage: .authentication, "no credential for user \(user); \(accepts)",
                hint: "set password or identity for the device, or use --ask-password")
        }
        let tried = refused.map(\.description).joined(separator: ", ")
        return SSHError(
            .refused, stage: .authentication, "user \(user) was refused (tried: \(tried)); \(accepts)",
            hint: hint(refused, offered: offered), gap: needsSHA2(refused) ? .rsaSHA2 : nil)
    }

    /// Whether nothing but RSA keys was refused: where a password was too, another client would only try it again.
    private func needsSHA2(_ refused: [Credential]) -> Bool {
        refused.allSatisfy { rsaKey(in: [$0]) != nil }
    }

    /// An RSA key that libssh2 could only sign with by SHA-1.
    private func rsaKey(in refused: [Credential]) -> String? {
        guard LibSSH2.version.hasPrefix("1.10.") else { return nil }
        return refused.lazy.compactMap { credential -> String? in
            guard case .publicKey(let name, let content, _) = credential, KeyFile.isRSA(content) else { return nil }
            return name
        }.first
    }

    private func hint(_ refused: [Credential], offered: [String]) -> String {
        if let rsaName = rsaKey(in: refused) {
            return "libssh2 \(LibSSH2.version) signs with the RSA key \(rsaName) only by SHA-1, which OpenSSH 8.8 and later refuse; "
                + "use an Ed25519 or ECDSA key, or libssh2 1.11 or later"
        }
        let tried = Set(refused.map(\.method))
        if tried.isDisjoint(with: offered), !offered.isEmpty { return "give the device a credential of a kind that it accepts" }
        return "check the user name and the password or key"
    }
}
