import Testing

@testable import MusterSSHConfig

/// What needs no ssh to compare with, on files in memory.
@Suite struct SSHConfigTests {
    private func files(_ files: [String: String], unreadable: Set<String> = []) -> SSHConfigFiles {
        SSHConfigFiles(
            read: { path, _ throws(SSHConfigFiles.Failure) in
                if unreadable.contains(path) { throw .unreadable("others can write it") }
                guard let text = files[path] else { throw .missing }
                return Array(text.utf8)
            },
            matching: { pattern in
                files.keys.filter { WildcardPattern(pattern).matches($0) }.sorted() + unreadable.filter { $0 == pattern }
            })
    }

    private func config(_ text: String) throws -> SSHConfig {
        try SSHConfig.load(.standard, facts: .alice, files: files(["/home/alice/.ssh/config": text]))
    }

    @Test func usersFileGoesBeforeTheSystems() throws {
        let config = try SSHConfig.load(
            .standard, facts: .alice,
            files: files([
                "/home/alice/.ssh/config": "Host r1\n Port 1\n", "/etc/ssh/ssh_config": "Include conf.d/*.conf\nPort 2\nUser sys\n",
                "/etc/ssh/conf.d/a.conf": "Port 3\nHost r2\n User inc\n",
            ]))
        let r1 = try config.resolve(host: "r1")
        #expect(r1.port == 1)
        #expect(r1.user == "sys")
        #expect(r1.origins["user"]?.description == "/etc/ssh/ssh_config:3")
        let r2 = try config.resolve(host: "r2")
        #expect(r2.port == 3)
        #expect(r2.user == "inc")
        #expect(r2.origins["user"]?.description == "/etc/ssh/conf.d/a.conf:3")
    }

    @Test func nothingIsSaid_whenThereIsNoFileOrNoneIsWanted() throws {
        let all = files(["/home/alice/.ssh/config": "Port 1\n"])
        #expect(try SSHConfig.load(.nothing, facts: .alice, files: all).resolve(host: "r1").port == nil)
        #expect(try SSHConfig.load(.standard, facts: .alice, files: files([:])).resolve(host: "r1").port == nil)
        let error = #expect(throws: SSHConfigProblems.self) { try SSHConfig.load(.file("/none"), facts: .alice, files: all) }
        #expect(error?.description == "/none: there is no such file")
    }

    @Test func chainIsNamed_whenAFileIncludesItself() {
        let circle = files([
            "/home/alice/.ssh/config": "# x\nInclude a\n", "/home/alice/.ssh/a": "Include ~/.ssh/b\n",
            "/home/alice/.ssh/b": "\nInclude ~/.ssh/config\n",
        ])
        let error = #expect(throws: SSHConfigProblems.self) { try SSHConfig.load(.standard, facts: .alice, files: circle) }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("/home/alice/.ssh/b:2: include: the file includes itself: /home/alice/.ssh/config → "), "\(message)")
        #expect(message.hasSuffix(" → /home/alice/.ssh/a → /home/alice/.ssh/b → /home/alice/.ssh/config"), "\(message)")
    }

    @Test func depthIsBounded_whenFilesIncludeOneAnother() throws {
        func chain(_ length: Int) -> [String: String] {
            var files = ["/home/alice/.ssh/config": "Include f1\n"]
            for number in 1..<length { files["/home/alice/.ssh/f\(number)"] = "Include f\(number + 1)\n" }
            files["/home/alice/.ssh/f\(length)"] = "Port 7\n"
            return files
        }
        #expect(try SSHConfig.load(.standard, facts: .alice, files: files(chain(16))).resolve(host: "r1").port == 7)
        let error = #expect(throws: SSHConfigProblems.self) { try SSHConfig.load(.standard, facts: .alice, files: files(chain(17))) }
        #expect(error?.description.contains("f16:1: include: more than 16 files deep") == true)
    }

    @Test func includedFileIsRefused_whenOthersCanWriteIt() {
        let error = #expect(throws: SSHConfigProblems.self) {
            try SSHConfig.load(
                .standard, facts: .alice, files: files(["/home/alice/.ssh/config": "Include /x\n"], unreadable: ["/x"]))
        }
        #expect(error?.description == "/home/alice/.ssh/config:1: include: /x can't be used: others can write it")
    }

    @Test func everyMistakeIsTold_withFileLineFoundAndExpected() {
        let error = #expect(throws: SSHConfigProblems.self) {
            try config("Port x\nHost r1\n Compression maybe\n AddressFamily\n User \"a\n")
        }
        #expect(
            error?.description == """
                /home/alice/.ssh/config:1: port: found 'x', expected 1 to 65535
                /home/alice/.ssh/config:3: compression: found 'maybe', expected yes or no
                /home/alice/.ssh/config:4: addressfamily: found nothing, expected an argument
                /home/alice/.ssh/config:5: user: found a quote without an end
                """)
    }

    @Test func unheededKeywordsAreNotes() throws {
        let config = try config("SendEnv LANG\nPrt 22\nHost r1\n VerifyHostKeyDNS yes\nMatch exec \"true\" host r1\n Port 9\n")
        #expect(config.notes.map(\.kind) == [.unused, .unknown, .unsupported, .ignoredBlock])
        #expect(
            config.notes[1].description
                == "/home/alice/.ssh/config:2: 'prt' is not a keyword that is known; it is for the transport openssh alone")
        #expect(config.notes[3].description == "/home/alice/.ssh/config:5: Match exec is not evaluated; the block never applies")
        // Nothing is run, so the block does not apply.
        #expect(try config.resolve(host: "r1").port == nil)
    }

    @Test func tokensTildeAndVariablesAreExpanded_inPaths() throws {
        let options = try config(
            """
            IdentityFile ~/.ssh/%r@%n_%p
            IdentityFile ${KEYS}/%h-%L-%l-%i-%d-%u-%k-%%
            IdentityFile ~bob/key
            IdentityFile none
            CertificateFile ~/%h-cert.pub
            HostName %h.example.net
            """
        ).resolve(host: "r1", user: "netops", port: 2200)
        #expect(
            options.identityFiles == [
                "/home/alice/.ssh/netops@r1_2200", "/keys/r1.example.net-desk-desk.example.net-1000-/home/alice-alice-r1-%",
                "/home/bob/key",
            ])
        #expect(options.namesIdentities)
        #expect(options.certificateFiles == ["/home/alice/r1.example.net-cert.pub"])
    }

    @Test(arguments: [
        ("SSH_AUTH_SOCK", SSHOptions.IdentityAgent.socket("/run/agent")), ("$SSH_AUTH_SOCK", .socket("/run/agent")), ("$NOT_SET", .none),
        ("none", .none), ("~/agents/%h", .socket("/home/alice/agents/r1")), ("${KEYS}/sock", .socket("/keys/sock")),
    ]) func agentIsFound(_ text: String, _ agent: SSHOptions.IdentityAgent) throws {
        #expect(try config("IdentityAgent \(text)\n").resolve(host: "r1").identityAgent == agent)
    }

    @Test func proxyIsExpanded_andNothingCanSpeakToTheShell() throws {
        let config = try config("ProxyCommand nc -q '%h' %p %% %n\n")
        #expect(try config.resolve(host: "r1").proxyCommand == "nc -q 'r1' 22 % r1")
        #expect(throws: SSHConfigProblem.self) { try config.resolve(host: "r1;reboot") }
        #expect(throws: SSHConfigProblem.self) { try config.resolve(host: "-oProxyCommand=x") }
        #expect(throws: SSHConfigProblem.self) { try config.resolve(host: "r1", hostName: "$(reboot)") }
    }

    @Test func hopsAreExpanded() throws {
        let options = try config("ProxyJump %r@gw-%n,inner:23\n").resolve(host: "r1", user: "u%h")
        #expect(options.proxyJump == [JumpHost(user: "u%h", host: "gw-r1"), JumpHost(host: "inner", port: 23)])
    }

    @Test func hostIsNamed_whenAPatternIsNarrowerThanEverything() throws {
        let config = try config(
            "Host * !r9\n Port 1\nHost leaf-*\nMatch host *.example.net\nMatch originalhost core\nMatch user *\nHost *\n Include none\n")
        for host in ["leaf-1", "a.example.net", "core"] { #expect(config.names(host), "\(host)") }
        for host in ["r1", "r9", "spine-1"] { #expect(!config.names(host), "\(host)") }
    }

    @Test func addressThatIsSettledWins() throws {
        let options = try config("HostName %h.example.net\nUser a\nPort 2\nUserKnownHostsFile /%h-%p-%r\n").resolve(
            host: "r1", hostName: "fe80::1%eth0", user: "b", port: 3)
        #expect(options.hostName == "fe80::1%eth0")
        #expect(options.userKnownHostsFiles == ["/fe80::1%eth0-3-b"])
    }
}
