import Muster
import Testing

@testable import MusterCommands

@Suite struct UsageTests {
    @Test(arguments: [
        (["run"], "muster run \"show version\""), (["run", "x", "--count", "2"], "--mode first"),
        (["run", "x", "--fanout", "0"], "--fanout 0"),
        (["run", "x", "--mode", "first", "--count", "0"], "--count 0"), (["run", "x", "-t", "3x"], "the unit 'x' is unknown"),
        (["run", "x", "--deadline", "0"], "--deadline must be longer"), (["run", "x", "--port", "65536"], "is not a port"),
        (["run", "x", "-p", "cisco_iosxx"], "did you mean 'cisco_iosxe'?"), (["run", "x", "-o", "table"], "'text', 'json' or 'jsonl'"),
        (["run", "x", "-w", "leaf[1-"], "leaf[1-"), (["run", "x", "-s", "role="], "role="), (["run", " "], "empty"),
        (["run", "a\nb"], "one line"), (["run", "x", "--ask-password", "--password-env", "P"], "exclude each other"),
        (["run", "x", "--hostkeys", "off"], "--host-keys"), (["rnu"], "there is no command 'rnu'; did you mean 'run'?"),
        (["show version"], "expected one of run, configure, replay, inventory, platforms, keys, audit"),
        (["keys", "chek", "-w", "a"], "did you mean 'check'?"),
        (["inventory", "show", "--explain", "a", "b"], "about one host"),
        (["run", "x", "--answer", "overwrite"], "an answer is PATTERN=REPLY"),
        (["run", "x", "--answer", "=y"], "an answer is PATTERN=REPLY"),
        (["run", "x", "--answer", "[confirm]=y"], "write '\\[confirm\\]'"), (["run", "x", "--answer", "name [a=y"], "name [a"),
        (["run", "x", "--answer", "a=b\u{3}"], "control character"), (["run", "x", "--output-limit", "16X"], "is no number of bytes"),
        (["run", "x", "--output-limit", "9999999999G"], "is no number of bytes"),
        (["run", "x", "--output-limit", "1K"], "expected 64K or more"), (["run", "a\tb"], "has a control character"),
        (["run", "x", "-w", "h", "-p", "cisco_iosxe", "--mode-name", "configuratoin"], "has no mode 'configuratoin'"),
        (
            ["run", "x", "-w", "h[1-7]", "-p", "cisco_iosxe", "--channel", "exec"],
            "h1, h2, h3, h4, h5 and 2 more can't have exec channels: the"
        ),
        (
            ["run", "x", "-w", "h", "-p", "linux", "--channel", "exec", "--transport", "telnet"],
            "h can't have exec channels: telnet has none"
        ),
        (["replay", "x", "--speed", "1e-300"], "from 0.001 to 1000000"),
        (["run", "-w", "h", "--commands-file", "-"], "no command in standard input"),
        (["run", "-w", "h", "--commands-file", "/nonexistent"], "can't read the commands from /nonexistent"),
    ])
    func usageErrorIs64AndSaysWhatToDo(arguments: [String], text: String) async {
        let world = World()
        #expect(await MusterTool.run(arguments, in: world.all) == 64)
        #expect(world.errors.contains(text), "\(world.errors)")
        #expect(world.output == "")
        #expect(world.runs == 0)
    }

    @Test func helpAndVersionGoToStandardOutput() async {
        for arguments in [["--help"], ["run", "--help"], ["inventory", "show", "--help"], ["help", "run"], [], ["inventory"]] {
            let world = World()
            #expect(await MusterTool.run(arguments, in: world.all) == 0)
            #expect(world.output.contains("USAGE: muster"))
            #expect(world.errors == "")
        }
        let world = World()
        #expect(await world.muster("--version") == 0)
        #expect(world.output == "muster 0.1.0 (\(engineVersion()))\n")
    }

    @Test func everyFlagOfTheContractIsInTheHelp() async {
        let world = World()
        #expect(await world.muster("run", "--help") == 0)
        for flag in [
            "-i, --inventory", "-w, --hosts", "-x, --exclude", "-s, --select", "-f, --fanout", "--mode", "--count", "-t, --timeout",
            "--connect-timeout", "--deadline", "-o, --output", "-u, --user", "--ask-password", "--password-env", "--identity",
            "--host-keys",
            "--known-hosts", "--commands-file", "--answer", "--output-limit", "--spill-dir", "--dry-run", "-v, ", "-q, ", "--color",
            "--no-progress", "-p, --platform", "--port",
        ] {
            #expect(world.output.contains("  \(flag)"), "\(flag)")
        }
        #expect(world.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: [
        ("overwrite=yes", "overwrite"), ("save=", "save"), (#"a\=b=c"#, #"a\=b"#), ("(?=x)y=z", "(?=x)y"), ("(?<=x)y=z", "(?<=x)y"),
        ("a=b=c", "a"),
    ])
    func answersAreSplitAtTheFirstSign_thatIsNotThePatterns(_ text: String, _ pattern: String) throws {
        let answer = try ArgumentText.answer(text)
        #expect(answer.pattern == pattern)
        #expect("\(answer)" == pattern + "=<answer>")
    }

    @Test(arguments: [#"default=no\)=yes"#, #"a=\d=b"#]) func answersAreRefused_whenTheSignThatEndsThePatternIsItsOwn(_ text: String) throws
    {
        let error = #expect(throws: (any Error).self) { try ArgumentText.answer(text) }
        #expect("\(try #require(error))".contains(#"\="#))
        #expect(try ArgumentText.answer(#"x=a\b"#).pattern == "x")
    }

    @Test func answersAndLimitsBecomeOptions() async throws {
        let command = try RunCommand.parse([
            "x", "--answer", "a=1", "--answer", "b=2", "--output-limit", "64K", "--spill-dir", "out", "-w", "h",
        ])
        #expect(try command.questions.all(in: [:]).map(\.pattern) == ["a", "b"])
        #expect(command.runOptions.outputLimit == 65_536)
        #expect(command.runOptions.outputFolder == "out")
    }

    @Test func answersFromTheEnvironmentAreNeverShown() async throws {
        let command = try RunCommand.parse(["x", "--answer-env", "password:=SCP", "--answer", "a=1", "-w", "h"])
        let answers = try command.questions.all(in: ["SCP": "hunter2"])
        #expect(answers.map(\.pattern) == ["password:", "a"])
        #expect(!"\(answers)".contains("hunter2"))
        let world = World()
        #expect(await world.muster("run", "-w", "h", "x", "--answer-env", "password:=NOT_SET") == 65)
        #expect(world.errors.contains("the environment has no variable 'NOT_SET'"), "\(world.errors)")
        #expect(world.runs == 0)
    }

    @Test func flagsBecomeOptions() async {
        let world = World()
        #expect(
            await world.muster(
                "run", "-w", "r1", "-f", "7", "--mode", "first", "--count", "3", "-t", "2m", "--connect-timeout", "500ms", "--deadline",
                "1h",
                "--host-keys", "strict", "--known-hosts", "/k", "show version", "show clock") == 2)
        // One device was not to be three successes.
        #expect(world.options.fanout == 7)
        #expect(world.options.mode == .first(3))
        #expect(world.options.commandTimeout == .seconds(120))
        #expect(world.options.connectTimeout == .milliseconds(500))
        #expect(world.options.deadline == .seconds(3600))
        #expect(world.options.hostKeys == .strict)
        #expect(world.options.knownHostsFiles == ["/k"])
        #expect(world.commands == ["show version", "show clock"])
    }

    @Test func optionsHaveTheContractsDefaults() async {
        let world = World()
        #expect(await world.muster("run", "-w", "r1", "x") == 0)
        #expect(world.options.fanout == 100)
        #expect(world.options.mode == .asCompleted)
        #expect(world.options.commandTimeout == .seconds(30))
        #expect(world.options.connectTimeout == .seconds(15))
        #expect(world.options.deadline == nil)
        #expect(world.options.hostKeys == .acceptNew)
    }

    @Test func commandsComeFromAFile_afterThoseOfTheArguments() async {
        let world = World(input: "\u{FEFF}# a comment\r\n show version  \r\n\r\n   \nshow clock")
        #expect(await world.muster("run", "-w", "r1", "first", "--commands-file", "-") == 0)
        #expect(world.commands == ["first", "show version", "show clock"])
    }

    @Test func textGoesWithItsCommand_whereThePlatformReadsOne() async {
        let input = "hostname r1\nbanner motd ^\n  # Keep out\n\n^\nntp server 192.0.2.1\n"
        let world = World(input: input)
        #expect(await world.muster("run", "-w", "r1", "-p", "cisco_iosxe", "--mode-name", "configuration", "--commands-file", "-") == 0)
        #expect(world.commands == ["hostname r1", "banner motd ^\n  # Keep out\n\n^", "ntp server 192.0.2.1"])
        let other = World(input: input)
        #expect(await other.muster("run", "-w", "r1", "-p", "linux", "--commands-file", "-") == 0)
        #expect(other.commands == ["hostname r1", "banner motd ^", "^", "ntp server 192.0.2.1"])
    }

    @Test func nothingIsConnectedTo_whenATextHasNoEnd() async {
        let world = World(input: "hostname r1\nbanner motd ^\nKeep out\n")
        #expect(await world.muster("run", "-w", "r1", "-p", "cisco_iosxe", "--commands-file", "-") == 64)
        #expect(
            world.errors.contains(
                "'banner motd ^', for r1, begins a text of several lines that has no end, which would be a line with '^'"),
            "\(world.errors)")
    }
}
