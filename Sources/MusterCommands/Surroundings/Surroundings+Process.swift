import Logging
import Muster
import MusterInventory
import MusterSSH
import MusterSSHConfig

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Surroundings {
    /// The surroundings of this process.
    package static func process() -> Surroundings {
        let start = ContinuousClock.now
        let environment = processEnvironment()
        var surroundings = Surroundings(
            environment: environment, output: .descriptor(STDOUT_FILENO), errors: .descriptor(STDERR_FILENO), input: readStandardInput,
            ask: { try await TerminalPrompt().ask($0) },
            runner: { tasks, options, control, events, each in
                try await withResults(of: tasks, options: options, control: control, events: events) { results in
                    for await result in results { try await each(result) }
                }
            },
            watchSignals: { PipeSignalWatch($0) },
            // Without `atexit`'s and the runtime's clean-up: whoever presses Ctrl-C for the third time has waited enough.
            leave: { _exit($0) },
            startLogging: { LoggingSystem.bootstrap($0) }, now: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) }, localUser: localUser(environment),
            sshFacts: sshFacts(environment))
        surroundings.executable = executable()
        surroundings.confirm = TerminalConfirmation.ofProcess()
        return surroundings
    }

    /// The path of the running program.
    private static func executable() -> String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        #if canImport(Darwin)
            var size = UInt32(path.count)
            guard _NSGetExecutablePath(&path, &size) == 0 else { return nil }
        #else
            guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else { return nil }
        #endif
        return String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The user whose name ssh would take.
    private static func localUser(_ environment: [String: String]) -> String? {
        for name in ["USER", "LOGNAME"] {
            if let user = environment[name], !user.isEmpty { return user }
        }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
    }

    /// ssh takes the user and the home folder from the system; who sets HOME means it, though.
    private static func sshFacts(_ environment: [String: String]) -> LocalFacts {
        let entry = getpwuid(getuid())
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return LocalFacts(
            user: entry.map { String(cString: $0.pointee.pw_name) } ?? localUser(environment) ?? "", userID: getuid(),
            home: environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? entry.map { String(cString: $0.pointee.pw_dir) } ?? "/",
            hostName: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), environment: environment,
            // Called before the run starts, on one thread.
            homeOfUser: { user in getpwnam(user).map { String(cString: $0.pointee.pw_dir) } }, sha1: Digest.sha1)
    }

    private static func processEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        // Read once at the start, before any other thread could change it.
        guard var entry = environ as UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? else { return [:] }
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return result
    }

    @Sendable private static func readStandardInput() throws -> [UInt8] {
        try readAll(STDIN_FILENO)
    }
}
