import CLibSSH

extension LabConnection {
    /// The methods that this device offers, as libssh's flags.
    var authenticationMethods: Int32 {
        var methods = configuration.authentication
        if hasFault({ if case .keyboardInteractive = $0 { true } else { false } }) {
            methods.remove(.password)
            methods.insert(.keyboardInteractive)
        }
        var flags: UInt32 = 0
        for method in methods {
            switch method {
            case .password: flags |= UInt32(SSH_AUTH_METHOD_PASSWORD)
            case .keyboardInteractive: flags |= UInt32(SSH_AUTH_METHOD_INTERACTIVE)
            case .publicKey: flags |= UInt32(SSH_AUTH_METHOD_PUBLICKEY)
            }
        }
        return Int32(bitPattern: flags)
    }

    func checkPassword(_ user: UnsafePointer<CChar>?, _ password: UnsafePointer<CChar>?) -> Int32 {
        if meets(.auth) { return Int32(SSH_AUTH_ERROR.rawValue) }
        let offered = UInt32(bitPattern: authenticationMethods) & UInt32(SSH_AUTH_METHOD_PASSWORD) != 0
        let known = user.map { String(cString: $0) } == configuration.user && password.map { String(cString: $0) } == configuration.password
        return admit(offered && known && !refusesPasswords)
    }

    /// A key is offered twice: first without a signature, to ask whether signing is worth it.
    func checkKey(_ user: UnsafePointer<CChar>?, _ key: OpaquePointer?, _ state: CChar) -> Int32 {
        let signed = Int32(state) == SSH_PUBLICKEY_STATE_VALID.rawValue
        guard signed || Int32(state) == SSH_PUBLICKEY_STATE_NONE.rawValue else { return admit(false) }
        if meets(.auth) { return Int32(SSH_AUTH_ERROR.rawValue) }
        let offered = UInt32(bitPattern: authenticationMethods) & UInt32(SSH_AUTH_METHOD_PUBLICKEY) != 0
        let known = offered && user.map { String(cString: $0) } == configuration.user && isAuthorized(key)
        guard signed || !known else { return Int32(SSH_AUTH_SUCCESS.rawValue) }
        return admit(known)
    }

    /// Messages that libssh has no callback for.
    ///
    /// Returns 1 for libssh's own answer, a refusal.
    func answer(_ message: OpaquePointer?) -> Int32 {
        switch ssh_message_type(message) {
        case Int32(SSH_REQUEST_AUTH.rawValue) where ssh_message_subtype(message) == Int32(SSH_AUTH_METHOD_INTERACTIVE):
            answerInteractive(message)
        case Int32(SSH_REQUEST_CHANNEL_OPEN.rawValue) where ssh_message_subtype(message) == Int32(SSH_CHANNEL_DIRECT_TCPIP.rawValue):
            openForward(message)
        default: 1
        }
    }

    private func answerInteractive(_ message: OpaquePointer?) -> Int32 {
        guard UInt32(bitPattern: authenticationMethods) & UInt32(SSH_AUTH_METHOD_INTERACTIVE) != 0 else { return 1 }
        if ssh_message_auth_kbdint_is_response(message) == 0 {
            if meets(.auth) { return 0 }
            interactiveUser = ssh_message_auth_user(message).map { String(cString: $0) }
            let prompts = configuration.interactivePrompts.map { strdup($0) }
            defer { prompts.forEach { free($0) } }
            var pointers = prompts.map { UnsafePointer($0) }
            var echo = [CChar](repeating: 0, count: prompts.count)
            ssh_message_auth_interactive_request(message, "", "", UInt32(prompts.count), &pointers, &echo)
            return 0
        }
        let expected = configuration.interactiveAnswers ?? configuration.interactivePrompts.map { _ in configuration.password }
        let count = ssh_userauth_kbdint_getnanswers(session)
        let answers = (0..<max(0, count)).map { index in
            ssh_userauth_kbdint_getanswer(session, UInt32(index)).map { String(cString: $0) } ?? ""
        }
        guard admit(answers == expected && interactiveUser == configuration.user && !refusesPasswords) == SSH_AUTH_SUCCESS.rawValue else {
            return 1
        }
        ssh_message_auth_reply_success(message, 0)
        return 0
    }

    private var refusesPasswords: Bool { hasFault { if case .refusePassword = $0 { true } else { false } } }

    private func hasFault(_ isFault: (LabFault) -> Bool) -> Bool { device.faults.contains(where: isFault) }

    private func isAuthorized(_ key: OpaquePointer?) -> Bool {
        guard let authorized = configuration.authorizedKeys else { return true }
        var text: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text else { return false }
        defer { ssh_string_free_char(text) }
        let offered = String(cString: text)
        return authorized.contains { line in line.split(separator: " ").contains { $0 == offered } }
    }
}
