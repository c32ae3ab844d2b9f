import Testing

@testable import MusterSSH

struct InteractivePromptTests {
    @Test(arguments: [
        "Password: ", "password:", "admin@r1's password: ", "Passwd:", "Enter your password", "(admin@pin-1) Password:", "LDAP Password:",
        "admin@token.example.net's password:",
    ])
    func asksForThePassword(_ question: String) {
        #expect(InteractivePrompt(question) == .password)
    }

    @Test(arguments: [
        "Verification code: ", "OTP:", "Enter PASSCODE: ", "One-time password (OATH) for `admin': ", "Token: ", "Enter your PIN:",
        "Duo two-factor: enter a passcode or select an option", "Your one time password", "SecurID: ", "OTP password:",
        "Please enter the code from your authenticator app:", "Enter token code", "Access code >",
    ])
    func asksForACode(_ question: String) {
        #expect(InteractivePrompt(question) == .code)
    }

    @Test(arguments: ["Password & verification code: ", "Password and OTP:", "Enter password + token:"])
    func asksForBothInOne(_ question: String) {
        #expect(InteractivePrompt(question) == .passwordAndCode)
    }

    @Test(arguments: ["New password: ", "Retype new password:", "You must change your password now", "Re-enter password:"])
    func asksForANewPassword(_ question: String) {
        #expect(InteractivePrompt(question) == .newPassword)
    }

    @Test(arguments: ["", "Continue? [y/n]", "Shopping list:", "Username:", "Decode this:"])
    func asksForSomethingElse(_ question: String) {
        #expect(InteractivePrompt(question) == .unknown)
    }

    @Test func eachIsAnsweredOnce() {
        var exchange = KeyboardInteractive(answers: InteractiveAnswers(password: "hush") { _ in .code("123456") })
        #expect(exchange.answer(to: "Password:") == "hush")
        #expect(exchange.answer(to: "Code:") == "123456")
        #expect(exchange.gaveCode)
        #expect(exchange.stop == nil)
        #expect(exchange.answer(to: "Password:") == nil)
        #expect(exchange.stop == .askedAgain("Password:"))
    }

    @Test func passwordAndCode_areJoined() {
        var exchange = KeyboardInteractive(answers: InteractiveAnswers(password: "hush") { _ in .code("123456") })
        #expect(exchange.answer(to: "Password & verification code: ") == "hush123456")
    }

    @Test func nothingIsAnswered_whereThereIsNothingToAnswerWith() {
        var exchange = KeyboardInteractive()
        #expect(exchange.answer(to: "Password:") == nil)
        #expect(exchange.stop == .noPassword("Password:"))
        var second = KeyboardInteractive(answers: InteractiveAnswers(password: "hush") { _ in .notAtHand })
        #expect(second.answer(to: "Code:") == nil)
        #expect(second.stop == .codeNotAtHand("Code:"))
    }

    @Test func oddQuestion_isFitForOneLine() {
        #expect(LoginPolicy.shown("\r\n Colour\u{1B}[2J?\u{202E} \n") == "Colour\\u{1b}[2J?\\u{202e}")
        #expect(LoginPolicy.shown(String(repeating: "x", count: 5000)).count == 160)
    }
}
