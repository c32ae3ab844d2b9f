import MusterConsole
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Finds out what the device is, and goes on with that platform over the same session.
    ///
    /// `detected` is the platform, which is always named, and what else it might be.
    func detect(on console: Console, carrier: any ConsoleCarrier) async throws(MusterError) {
        var machine = DetectionMachine(environment.platforms.candidates)
        let versionLine = await (carrier as? SSHSession)?.versionLine
        machine.saw(versionLine: versionLine, greeting: await console.greeting, prompt: await console.promptBytes)
        do {
            while true {
                switch machine.next {
                case .probe(let input):
                    let answer = try await console.send(input, timeout: max(.seconds(1), deadline - loop.now))
                    // What rejects it says nothing of the device but that.
                    machine.answered(input, answer.failure == nil ? answer.output : [])
                case .decided(let verdict):
                    let name = verdict.platform ?? "generic"
                    detected = DetectionMachine.Verdict(platform: name, alternatives: verdict.alternatives)
                    tell(verdict)
                    if let (name, exhaustion) = machine.exhausted {
                        environment.events(
                            .warning(
                                host: device.name,
                                "it may be \(name), whose expression /\(exhaustion.source)/ takes too long on what it shows"))
                    }
                    guard let platform = environment.platforms.platform(named: name) else {
                        throw failure(.usage, "unknown platform '\(name)'")
                    }
                    if stopsAtVerdict { return await console.adoptToLeave(platform) }
                    return try await console.adopt(platform, deadline: deadline, sendsAtOnce: sendsAtOnce)
                }
            }
        } catch let error as ConsoleError {
            throw device.wrapped(error, phase: .login, timeout: connectTimeout)
        } catch let error as MusterError {
            throw error
        } catch {
            throw failure(.connection, "\(error)")
        }
    }

    private func tell(_ verdict: DetectionMachine.Verdict) {
        guard let name = verdict.platform else {
            return warn("its platform is not known to muster; it is driven as generic")
        }
        guard !verdict.alternatives.isEmpty else { return }
        let others = verdict.alternatives.joined(separator: " or ")
        warn("taken for \(name), but it might be \(others); set its platform to be sure")
    }
}
