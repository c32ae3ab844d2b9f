import MusterTransport
import Testing

@testable import MusterConsole

struct LoginDialogueTests {
    static let arrivals: [Dialogue.Arrival] = [.whole, .byteByByte, .random(7)]
    private let admin = LoginCredentials(user: "admin", password: "s3cret")

    private func device(
        _ platform: String = "cisco_iosxe", _ credentials: LoginCredentials? = nil, arrival: Dialogue.Arrival = .whole
    ) throws -> Dialogue {
        var device = try Dialogue(platform, arrival: arrival)
        device.start(timeout: .seconds(60), credentials: credentials ?? admin)
        return device
    }

    /// What is typed while nothing comes for a while.
    private func typed(_ device: inout Dialogue, in pause: Duration = .milliseconds(60)) -> String {
        device.pause(pause)
        return device.takeTyped()
    }

    // MARK: Vendors

    /// Banner, question for the user, the line end after it, question for the password, what follows it, the prompt.
    static let vendors: [(platform: String, greeting: String, password: String, welcome: String, prompt: String)] = [
        ("cisco_iosxe", "\r\n\r\nUser Access Verification\r\n\r\nUsername: ", "Password: ", "\r\n", "r1#"),
        ("cisco_iosxr", "\r\n\r\nUser Access Verification\r\n\r\nUsername: ", "Password: ", "\r\n\r\n\r\n", "RP/0/RP0/CPU0:xr1#"),
        ("cisco_nxos", "User Access Verification\r\nn9k-1 login: ", "Password: ", "\r\nCisco Nexus Operating System\r\n", "n9k-1# "),
        ("arista_eos", "leaf1 login: ", "Password: ", "\r\nLast login: Mon Jan  5 10:00:00 from 192.0.2.1\r\n", "leaf1#"),
        (
            "juniper_junos", "\r\nmx1 (ttyp0)\r\n\r\nlogin: ", "Password:", "\r\n\r\n--- JUNOS 21.4R3 built 2023-10-04 UTC\r\n",
            "admin@mx1> "
        ),
        (
            "linux", "Debian GNU/Linux 12\r\nhost1 login: ", "Password: ",
            "\r\nLinux host1 6.1.0\r\nLast login: Mon Jan  5 10:00:00 UTC 2026 from 192.0.2.1 on pts/0\r\n", "admin@host1:~$ "
        ),
        ("nokia_srlinux", "srl1 login: ", "Password: ", "\r\nWelcome to the srlinux CLI.\r\n", "--{ running }--[  ]--\r\nA:srl1# "),
        // Huawei VRP, HPE Comware, Nokia SR OS: no definitions of their own yet.
        (
            "generic", "\r\nWarning: Telnet is not a secure protocol.\r\n\r\nLogin authentication\r\n\r\nUsername:", "Password:", "\r\n",
            "<HUAWEI>"
        ),
        ("generic", "*** Copyright (c) 2010-2021 ***\r\n\r\nlogin: ", "Password: ", "\r\n", "<HPE>"),
        ("generic", "TiMOS-B-20.10.R1\r\n\r\nLogin: ", "Password: ", "\r\n", "A:sros1# "),
    ]

    @Test(arguments: vendors.indices, arrivals)
    func logsIn_asVendorsAsk(_ index: Int, _ arrival: Dialogue.Arrival) throws {
        let vendor = Self.vendors[index]
        var device = try device(vendor.platform, arrival: arrival)
        device.says(vendor.greeting)
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\n")
        #expect(typed(&device) == "")
        device.says(vendor.password)
        #expect(typed(&device) == "s3cret\n")
        #expect(typed(&device, in: .seconds(5)) == "", "a server that is asked takes its time")
        device.says(vendor.welcome + vendor.prompt)
        device.pause(.seconds(2))
        #expect(device.takeTyped().hasPrefix("\n"))
        device.says("\r\n" + vendor.prompt)
        device.pause(.seconds(1))
        let prompt = try #require(device.machine.prompt?.described)
        #expect(prompt == vendor.prompt.replacing("\r\n", with: "\n"))
    }

    @Test func typesNothingAhead_whenQuestionIsStillComing() throws {
        var device = try device()
        device.says("Username:")
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(30))
        device.says(" ")
        device.pause(.milliseconds(49))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "admin\n")
    }

    @Test func typesNoPasswordAtALine_thatOnlyBeginsLikeItsQuestion() throws {
        var device = try device(arrival: .byteByByte)
        device.says("Password: that of your directory account\r\nLogin: with your badge number\r\nUsername: ")
        #expect(typed(&device) == "admin\n")
    }

    @Test(arguments: [
        "Enter new password: ", "New password:", "Old Password: ", "Retype new password: ", "Enable password: ", "Confirm password:",
        "BIOS password: ", "Enter passphrase for key '/root/.ssh/id': ", "[sudo] password for admin: ", "Password, please ",
        "Last login: ",
    ])
    func leavesOtherQuestionsAlone(_ question: String) throws {
        var device = try device()
        device.says("Username: ")
        device.pause(.milliseconds(60))
        device.says("admin\r\n" + question)
        _ = device.takeTyped()
        device.pause(.seconds(2))
        #expect(!device.takeTyped().contains("s3cret"))
    }

    // MARK: Fewer questions

    @Test func logsInByPasswordOnly_whenNoUserIsAskedFor() throws {
        var device = try device("frr")
        device.says("\r\nHello, this is FRRouting (version 8.4.4).\r\n\r\nUser Access Verification\r\n\r\nPassword: ")
        #expect(typed(&device) == "s3cret\n")
        device.says("\r\nr1> ")
        device.pause(.seconds(1))
        #expect(device.takeTyped().hasPrefix("\n"))
    }

    @Test func logsInByUserOnly_whenNoPasswordIsAskedFor() throws {
        var device = try device()
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\nr1#")
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func needsNoLogin_whenThePromptComesAtOnce() throws {
        var device = try device()
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "", "it may be a line of a banner")
        #expect(typed(&device, in: .milliseconds(200)) == "\n")
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func typesAnEmptyPassword_whenThatIsThePassword() throws {
        var device = try device("cisco_iosxe", LoginCredentials(user: "admin", password: ""))
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\nPassword: ")
        #expect(typed(&device) == "\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "\n")
    }

    @Test func reportsAMissingPassword_whenAskedForOne() throws {
        var device = try device("cisco_iosxe", LoginCredentials(user: "admin", password: nil))
        device.says("Password: ")
        device.pause(.milliseconds(60))
        let error = try device.takeError()
        #expect(error.kind == .passwordMissing)
        #expect(error.expected.contains("admin"))
        #expect(device.takeTyped() == "")
    }

    @Test(arguments: ["two\nlines", "bell\u{7}", "tab\tbed"])
    func refusesToType_whenPasswordHasKeysInIt(_ password: String) throws {
        var device = try device("cisco_iosxe", LoginCredentials(user: "admin", password: password))
        device.says("Password: ")
        device.pause(.milliseconds(60))
        #expect(try device.takeError().kind == .credentialUntypable)
        #expect(device.takeTyped() == "")
    }

    // MARK: Odd forms

    @Test func answersTheNextQuestion_whenItFollowsOnTheSameLine() throws {
        var device = try device()
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("adminPassword: ")
        #expect(typed(&device) == "s3cret\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "\n")
    }

    @Test func answersTheNextQuestion_whenItIsWrittenOverTheFirst() throws {
        var device = try device()
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("\r\u{1B}[KPassword: ")
        #expect(typed(&device) == "s3cret\n")
    }

    @Test func typesTheUserAgain_whenAReturnHasTakenTheFirstQuestion() throws {
        var device = try device()
        #expect(typed(&device, in: .seconds(3)) == "\n")
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("\r\nUsername: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\nPassword: ")
        #expect(typed(&device) == "s3cret\n")
        device.says("\r\n% Login invalid\r\n\r\nUsername: ")
        device.pause(.milliseconds(60))
        #expect(try device.takeError().kind == .loginRefused)
    }

    @Test func waitsForTheVerdict_whenTheUserIsEchoedAndNothingFollows() throws {
        var device = try device()
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin")
        #expect(typed(&device, in: .seconds(20)) == "", "a return now would be an empty password")
        device.says("\r\n")
        #expect(typed(&device, in: .seconds(20)) == "")
        device.says("Password: ")
        #expect(typed(&device) == "s3cret\n")
    }

    // MARK: Keys

    @Test func pressesReturn_whenAConsoleWaitsToGetStarted() throws {
        var device = try device()
        device.says("\r\n\r\nr1 con0 is now available\r\n\r\n\r\n\r\n\r\nPress RETURN to get started.\r\n\r\n\r\n")
        #expect(typed(&device, in: .milliseconds(200)) == "\n")
        device.says("\r\n\r\nUser Access Verification\r\n\r\nUsername: ")
        #expect(typed(&device) == "admin\n")
    }

    @Test func pressesAKey_whenASwitchAsksForAny() throws {
        for credentials in [admin, nil] {
            var device = try Dialogue("generic")
            device.start(timeout: .seconds(60), credentials: credentials)
            device.says("HP J9773A 2530-24G-PoEP Switch\r\nRegister your products now\r\n\r\nPress any key to continue")
            #expect(typed(&device) == "\n")
            #expect(typed(&device, in: .seconds(2)) == "", "once is enough")
            device.says("\r\u{1B}[K\r\nhp1# ")
            device.pause(.seconds(1))
            #expect(device.takeTyped() == "\n")
        }
    }

    @Test func acknowledgesABanner_whenTheDefinitionSaysHow() throws {
        let question = "Do you accept these terms? [yes/no]: "
        var plain = try device("generic")
        plain.says(question)
        #expect(typed(&plain, in: .seconds(30)) == "", "nobody has agreed to anything")

        let yaml = """
            default_mode: cli
            modes: [{name: cli}]
            muster:
              login:
                continue: [{pattern: 'accept these terms\\? \\[yes/no\\]', answer: 'yes'}]
            """
        var told = Dialogue(try Platform.load(yaml: yaml, name: "told", file: "told.yaml"))
        told.start(timeout: .seconds(60), credentials: admin)
        told.says(question)
        #expect(typed(&told) == "yes\n")
        told.says("yes\r\nlogin: ")
        #expect(typed(&told) == "admin\n")
    }

    // MARK: Refusals

    static let refusals = [
        "\r\n% Login invalid\r\n\r\nUsername: ", "\r\n% Authentication failed\r\n\r\nUsername: ", "\r\nLogin incorrect\r\nlogin: ",
        "\r\n\r\nLogin incorrect\r\nhost1 login: ", "\r\nError: Authentication fail\r\nUsername:",
        "\r\nError: Username or password error.\r\nUsername:", "\r\nPassword: ", "\r\nInvalid password.\r\n\r\nPassword: ",
        "\r\nuser \"admin\" is locked\r\nLogin: ",
    ]

    @Test(arguments: refusals, arrivals)
    func reportsARefusal_whenAskedAgain(_ refusal: String, _ arrival: Dialogue.Arrival) throws {
        var device = try device("generic", arrival: arrival)
        device.says("Username: ")
        device.pause(.milliseconds(60))
        device.says("admin\r\nPassword: ")
        device.pause(.milliseconds(60))
        #expect(device.takeTyped() == "admin\ns3cret\n")
        device.says(refusal)
        device.pause(.seconds(2))
        let error = try device.takeError()
        #expect(error.kind == .loginRefused)
        #expect(error.hint?.contains("password") == true)
        #expect(device.takeTyped() == "", "no second try")
        #expect(device.machine.isBroken)
    }

    @Test(arguments: ["% Bad passwords", "% Access denied", "Login failed.", "Authentication failure", "% Authorization failed."])
    func reportsARefusal_whenTheDeviceSaysSoAndEnds(_ words: String) throws {
        for ends in [true, false] {
            var device = try device()
            device.says("Password: ")
            device.pause(.milliseconds(60))
            device.says("\r\n\(words)\r\n")
            if ends {
                device.machine.ended(.closedByPeer, now: device.now)
                device.says("")
            } else {
                device.pause(.seconds(2))
            }
            let error = try device.takeError()
            #expect(error.kind == .loginRefused)
            #expect(error.seen.contains(words))
        }
    }

    @Test func isNoRefusal_whenAMessageSpeaksOfOne() throws {
        var device = try device()
        device.says("Password: ")
        device.pause(.milliseconds(60))
        device.says("\r\nAccess denied to the unauthorised\r\nAccess denied\r\nLogin failed 3 times since Monday\r\nr1#")
        device.pause(.seconds(1))
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func saysWhatItMayMean_whenTheSessionEndsAfterThePassword() throws {
        var device = try device()
        device.says("Password: ")
        device.pause(.milliseconds(60))
        device.machine.ended(.closedByPeer, now: device.now)
        device.says("")
        let error = try device.takeError()
        #expect(error.kind == .ended(.closedByPeer))
        #expect(error.hint?.contains("refuse") == true)
    }

    @Test func keepsThePasswordOutOfErrors_whenTheDeviceEchoesIt() throws {
        var device = try device()
        device.says("Username: ")
        device.pause(.milliseconds(60))
        device.says("admin\r\nPassword: ")
        device.pause(.milliseconds(60))
        device.says("s3cret\r\n% Login invalid for s3cret\r\nUsername: ")
        device.pause(.milliseconds(60))
        let error = try device.takeError()
        #expect(error.kind == .loginRefused)
        #expect(error.seen.contains("Password: <secret>"))
        var dumped = ""
        dump(error, to: &dumped)
        dump(admin, to: &dumped)
        #expect(!(dumped + "\(error)\(admin)").contains("s3cret"))
    }

    // MARK: Inside SSH

    @Test func answersInsideASession_whenItAsksForTheUserFirst() throws {
        var device = try device("generic", LoginCredentials(user: "admin", password: "s3cret", isExpected: false))
        device.says("\r\n(Cisco Controller) \r\nUser: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\nPassword:")
        #expect(typed(&device) == "s3cret\n")
        device.says("\r\n(Cisco Controller) >")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
    }

    @Test func typesNoPasswordInsideASession_whenOnlyThatIsAskedFor() throws {
        var device = try device("generic", LoginCredentials(user: "admin", password: "s3cret", isExpected: false))
        device.says("Password: ")
        #expect(typed(&device, in: .seconds(59)) == "")
        device.pause(.seconds(2))
        let error = try device.takeError()
        #expect(error.kind == .neverPrompted)
        #expect(error.hint?.contains("force_in_session_auth") == true)
    }

    @Test func proposesAtOnceInsideASession_whenThePromptComes() throws {
        var device = try device("cisco_iosxe", LoginCredentials(user: "admin", password: "s3cret", isExpected: false))
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "\n")
    }

    // MARK: After the login

    @Test func enablesAfterTheLogin() throws {
        var device = Dialogue(try #require(Platform.builtIn(named: "cisco_iosxe")), secrets: ["enable": "en4ble"])
        device.start(timeout: .seconds(60), credentials: admin)
        device.says("Username: ")
        device.pause(.milliseconds(60))
        device.says("admin\r\nPassword: ")
        device.pause(.milliseconds(60))
        device.says("\r\nr1>")
        device.says("\r\nr1>")
        #expect(device.takeTyped() == "admin\ns3cret\n\nenable\n")
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "en4ble\n")
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func commonRulesCompile() throws {
        let rules = try #require(LoginRules.common)
        #expect(rules.continues.count == 1)
        #expect(rules.failures.count == 4)
    }
}
