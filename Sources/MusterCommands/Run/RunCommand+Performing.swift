import Logging
import Muster
import MusterConsole
import MusterInventory
import MusterRendering
import MusterSSHConfig
import Synchronization

extension RunCommand {
    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let bytes = try commandsFile.map { try read($0, "the commands", in: surroundings) }
        let answers = try questions.all(in: surroundings.environment)
        // What has no place on any platform is told before the inventory is looked at.
        _ = try LineTemplates(allCommands(and: bytes, rules: []), isLiteral: templates.noTemplates)
        let (hosts, config) = try targets(in: surroundings)
        let platforms = try PlatformSources(surroundings).definitions(for: hosts)
        try checkMode(for: hosts, in: platforms)
        try checkChannels(for: hosts, in: platforms)
        let rules = MultilineInput.rules([], and: platforms.known(for: hosts.map(\.platform)))
        let lines = try LineTemplates(allCommands(and: bytes, rules: rules), isLiteral: templates.noTemplates)
        let commands = try lines.rendered(for: hosts, defaultUser: surroundings.localUser)
        try checkTexts(commands, for: hosts, in: platforms)
        if dryRun { return try showPlan(hosts: hosts, commands: commands, in: surroundings) }
        let devices = try await resolved(hosts, in: surroundings)
        let tasks = zip(devices, commands).map { DeviceTask($0, commands: $1) }
        var options = runOptions
        options.platforms = platforms
        options.answers = answers
        return try await run(tasks, options: options, remarks: config.notes, in: surroundings)
    }

    /// Refuses a mode that some device's platform does not have, as far as that is known before a connection is made.
    private func checkMode(for hosts: [InventoryHost], in platforms: PlatformDefinitions) throws {
        guard let name = modeName else { return }
        for host in hosts {
            let wanted = host.platform ?? "generic"
            guard !Platform.isDetecting(wanted), let platform = platforms.library.platform(named: wanted), platform.mode(named: name) == nil
            else { continue }
            throw CommandFailure.usage(
                "the platform \(platform.name.oneLine) of \(host.name.oneLine) has no mode '\(name.oneLine)'; it has \(platform.modes.map(\.name).joined(separator: ", "))"
            )
        }
    }

    /// Refuses a command with a text that some device's platform would not read as one.
    private func checkTexts(_ commands: [[String]], for hosts: [InventoryHost], in platforms: PlatformDefinitions) throws {
        for (host, commands) in zip(hosts, commands) {
            guard let platform = platforms.known(for: [host.platform]).first else { continue }
            for command in commands {
                guard let problem = MultilineInput.problem(with: command, on: platform) else { continue }
                let first = command.prefix { !$0.isNewline }
                throw CommandFailure.usage("'\(String(first).oneLine)', for \(host.name.oneLine), \(problem.oneLine)")
            }
        }
    }

    /// The commands of the arguments, then those of the file.
    private func allCommands(and bytes: [UInt8]?, rules: [MultilineRule]) throws -> [LineTemplates.Source] {
        let given = commands.enumerated().map { LineTemplates.Source($1, number: $0 + 1, place: "command \($0 + 1)") }
        guard let path = commandsFile else { return given }
        let name = path == "-" ? "standard input" : path.oneLine
        let lines = CommandsFile.commands(in: bytes ?? [], rules: rules)
        let all = given + lines.map { LineTemplates.Source($0.text, number: $0.number, place: "\(name):\($0.number)") }
        guard !all.isEmpty else { throw CommandFailure.usage("no command in \(name)") }
        return all
    }
}

extension FleetVerb {
    /// The hosts, and the `ssh_config` that says more of them.
    func targets(in surroundings: Surroundings) throws -> ([InventoryHost], SSHConfig) {
        let config = try SSHConfigSource.load(devices.inventory.sshConfig, in: surroundings)
        return (try RunTargets(devices: devices, login: login, config: config).hosts(in: surroundings, quiet: output.quiet), config)
    }

    /// The hosts as devices, with their secrets.
    func resolved(_ hosts: [InventoryHost], in surroundings: Surroundings) async throws -> [Device] {
        let resolver = SecretResolver(environment: { surroundings.environment[$0] }, ask: surroundings.ask)
        let patience = DeviceResolution.Patience(surroundings, limit: pace.deadline)
        let resolution = DeviceResolution(resolver: resolver, defaultUser: surroundings.localUser, patience: patience)
        var devices = try await resolution.devices(of: hosts)
        for index in devices.indices { putCommandLineFirst(in: &devices[index]) }
        return devices
    }

    /// Reads a file, or standard input for `-`.
    func read(_ path: String, _ what: String, in surroundings: Surroundings) throws -> [UInt8] {
        do {
            let bytes = path == "-" ? try surroundings.input() : try readAll(path: path)
            // With other characters in their place the lines would mean something else.
            if let line = CommandsFile.firstLineThatIsNoText(in: bytes) {
                throw CommandFailure.usage(
                    "\(path == "-" ? "standard input" : path.oneLine):\(line): not UTF-8; convert it first, with iconv for example")
            }
            return bytes
        } catch let error as ReadFailure {
            throw CommandFailure.usage("can't read \(what) from \(path.oneLine): \(error.reason)")
        }
    }

    /// Takes away what `ssh_config` says of a device and the command line says for all.
    private func putCommandLineFirst(in device: inout Device) {
        if pace.connectTimeout != nil { device.ssh.connectTimeout = nil }
        if login.hostKeys != nil { device.hostKeyPolicy = nil }
        if !login.known.knownHosts.isEmpty { device.knownHostsFiles = [] }
        for index in device.jump.indices { putCommandLineFirst(in: &device.jump[index]) }
    }

    /// Has the devices do their tasks, prints what came of each, and sums it up.
    ///
    /// - Parameter changes: Whether the tasks change configurations, so that the summary says who has the change.
    func run(
        _ tasks: [DeviceTask], options: RunOptions, remarks: [SSHConfigNote], changes: Bool = false, in surroundings: Surroundings
    ) async throws -> Int32 {
        let start = surroundings.now()
        let elapsed: @Sendable () -> Duration = { surroundings.now() - start }
        let palettes = Palettes(choice: output.color, surroundings)
        let screen = RunScreen(
            total: tasks.count, output: surroundings.output, errors: surroundings.errors, palette: palettes.errors,
            elapsed: elapsed)
        let notes = RunNotes(logger: startLogging(to: screen, in: surroundings), quiet: output.quiet) { screen.say($0) }
        notes.log(remarks)
        let control = RunControl()
        let interruptions = Mutex(Interruptions())
        let watch = surroundings.watchSignals { signal in
            let action = interruptions.withLock { $0.receive(signal) }
            Self.obey(action, control: control, screen: screen, leave: surroundings.leave)
        }
        defer { watch?.end() }
        let (summary, changed) = try await results(
            of: tasks, options, control: control, screen: screen, notes: notes, palettes, surroundings)
        await screen.finish()
        if !output.quiet {
            let width = surroundings.errors.isTerminal ? surroundings.errors.width() : nil
            let gap = surroundings.output.isTerminal && surroundings.errors.isTerminal ? "\n" : ""
            let closing = summary.rendered(elapsed: elapsed(), width: width, palette: palettes.errors)
            screen.say(gap + notes.closing + closing + (changes ? changed.rendered(width: width, palette: palettes.errors) : ""))
            await screen.finish()
        }
        guard summary.total == tasks.count else {
            // Every device has one result: silence must never pass for success.
            throw CommandFailure(
                status: ExitStatus.unreachable,
                message: "\(counted(tasks.count - summary.total, "device has", "devices have")) no result; this is a defect of muster")
        }
        return ExitStatus.of(summary.counts, mode: options.mode, interruptions: interruptions.withLock { $0 })
    }

    /// Runs, prints the results as they come, and sums them up.
    private func results(
        of tasks: [DeviceTask], _ runOptions: RunOptions, control: RunControl, screen: RunScreen, notes: RunNotes, _ palettes: Palettes,
        _ surroundings: Surroundings
    ) async throws -> (Summary, ChangeSummary) {
        var summary = Summary()
        var changes = ChangeSummary()
        var stream = ResultStream(
            output.output,
            text: TextForm(width: surroundings.output.width(), palette: palettes.output, terminal: surroundings.output.isTerminal))
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if showsProgress(in: surroundings) {
                    // Ten times a second is smooth and costs next to nothing; the task ends with the run.
                    group.addTask { while (try? await surroundings.sleep(.milliseconds(100))) != nil { await screen.draw() } }
                }
                defer { group.cancelAll() }
                let events: @Sendable (RunEvent) -> Void = { event in
                    screen.apply(event)
                    notes.apply(event)
                }
                var options = runOptions
                options.openSSH.askpassHelper = surroundings.executable
                options.agentSocket = surroundings.environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 }
                if let ask = surroundings.ask {
                    options.ask = { question in try await screen.asking { try await ask(question) } }
                }
                if let goesOn = options.rollout.goesOn {
                    options.rollout.goesOn = { pause in (try? await screen.asking { await goesOn(pause) }) ?? false }
                }
                // Where the results are written, so that each of them wakes one thread and not three.
                try await withTaskExecutorPreference(screen.taskExecutor) { [options] in
                    try await surroundings.runner(tasks, options, control, events) { result in
                        summary.add(result)
                        changes.add(result)
                        try await screen.print(stream.next(result))
                    }
                }
            }
            try await screen.print(stream.end())
        } catch {
            await screen.finish()
            throw error
        }
        return (summary, changes)
    }

    /// Whether there is a progress line.
    func showsProgress(in surroundings: Surroundings) -> Bool {
        surroundings.errors.isTerminal && !output.quiet && !output.noProgress && surroundings.environment["TERM"] != "dumb"
    }

    private func startLogging(to screen: RunScreen, in surroundings: Surroundings) -> Logger {
        let level = LineLogHandler.level(verbosity: output.verbosity, quiet: output.quiet)
        let factory: @Sendable (String) -> any LogHandler = { label in LineLogHandler(label: label, level: level) { screen.say($0) } }
        surroundings.startLogging(factory)
        return Logger(label: "muster", factory: factory)
    }

    private static func obey(_ action: Interruptions.Action, control: RunControl, screen: RunScreen, leave: (Int32) -> Void) {
        switch action {
        case .drain:
            screen.showStopping()
            screen.answerInterrupt("stopping: no new devices; \(screen.running) under way; press Ctrl-C again to cancel them\n")
            control.drain()
        case .cancel:
            screen.showStopping()
            screen.answerInterrupt("cancelling \(counted(screen.running, "device", "devices")); press Ctrl-C again to leave at once\n")
            control.cancel()
        case .leave(let status): leave(status)
        }
    }
}

/// The colours of the two streams.
struct Palettes {
    var output: Palette
    var errors: Palette

    init(choice: ColourChoice, _ surroundings: Surroundings) {
        func palette(_ port: OutputPort) -> Palette {
            Palette(coloured: choice.isColoured(onTerminal: port.isTerminal, environment: surroundings.environment))
        }
        output = palette(surroundings.output)
        errors = palette(surroundings.errors)
    }
}
