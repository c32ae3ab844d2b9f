import CLibSSH

extension LabConnection {
    func checkNone() -> Int32 {
        sendLoginBanner()
        guard login.isOpen else { return Int32(SSH_AUTH_DENIED.rawValue) }
        return admit(true)
    }

    func checkPassword(_ user: UnsafePointer<CChar>?, _ password: UnsafePointer<CChar>?) -> Int32 {
        sendLoginBanner()
        if meets(.auth) { return Int32(SSH_AUTH_ERROR.rawValue) }
        let isRight = user.map { String(cString: $0) } == configuration.user && password.map { String(cString: $0) } == login.password
        return admit(login.methods.contains(.password) && isRight)
    }

    /// A key is offered twice: first without a signature, to ask whether signing is worth it.
    func checkKey(_ user: UnsafePointer<CChar>?, _ key: OpaquePointer?, _ state: CChar) -> Int32 {
        sendLoginBanner()
        let signed = Int32(state) == SSH_PUBLICKEY_STATE_VALID.rawValue
        guard signed || Int32(state) == SSH_PUBLICKEY_STATE_NONE.rawValue else { return admit(false) }
        if meets(.auth) { return Int32(SSH_AUTH_ERROR.rawValue) }
        let known = login.methods.contains(.publicKey) && user.map { String(cString: $0) } == configuration.user && isAuthorized(key)
        guard signed || !known else { return Int32(SSH_AUTH_SUCCESS.rawValue) }
        guard known, login.wantsQuestionsAfterKey else { return admit(known) }
        login.methods = [.keyboardInteractive]
        ssh_set_auth_methods(session, login.flags)
        return Int32(SSH_AUTH_PARTIAL.rawValue)
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
        sendLoginBanner()
        guard login.methods.contains(.keyboardInteractive) else { return 1 }
        if ssh_message_auth_kbdint_is_response(message) == 0 {
            if meets(.auth) { return 0 }
            interactiveUser = ssh_message_auth_user(message).map { String(cString: $0) }
            let prompts = login.questions.map { strdup($0) }
            defer { prompts.forEach { free($0) } }
            var pointers = prompts.map { UnsafePointer($0) }
            var echo = [CChar](repeating: 0, count: prompts.count)
            ssh_message_auth_interactive_request(message, configuration.interactiveTitle, "", UInt32(prompts.count), &pointers, &echo)
            return 0
        }
        let count = ssh_userauth_kbdint_getnanswers(session)
        let answers = (0..<max(0, count)).map { index in
            ssh_userauth_kbdint_getanswer(session, UInt32(index)).map { String(cString: $0) } ?? ""
        }
        guard admit(answers == login.answers && interactiveUser == configuration.user) == SSH_AUTH_SUCCESS.rawValue else { return 1 }
        ssh_message_auth_reply_success(message, 0)
        return 0
    }

    /// Sends the banner before the login (RFC 4252, 5.4) when the first attempt comes, in packets that every client has to take.
    private func sendLoginBanner() {
        defer { login.bannerBytes = 0 }
        var rest = LabLogin.lines(bytes: login.bannerBytes).utf8[...]
        while !rest.isEmpty {
            let piece = String(decoding: rest.prefix(16 * 1024), as: UTF8.self)
            rest = rest.dropFirst(16 * 1024)
            guard let text = ssh_string_from_char(piece) else { return }
            ssh_send_issue_banner(session, text)
            ssh_string_free(text)
        }
    }

    private func isAuthorized(_ key: OpaquePointer?) -> Bool {
        guard let authorized = configuration.authorizedKeys else { return true }
        var text: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text else { return false }
        defer { ssh_string_free_char(text) }
        let offered = String(cString: text)
        return authorized.contains { line in line.split(separator: " ").contains { $0 == offered } }
    }
}
