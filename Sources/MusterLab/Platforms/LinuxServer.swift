/// A Linux server with bash.
struct LinuxServer: LabPersonality {
    /// Nothing pages by itself; this is what `less` would show.
    let pager = LabPagerStyle(more: { _ in ":" }, erase: "\r\u{1B}[K")

    func greeting(_ state: LabShellState) -> String {
        "Linux \(state.hostname) 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64\n"
            + "Last login: \(state.facts.booted.weekday) \(state.facts.booted.monthName) \(state.facts.booted.day.aligned(2)) \(state.facts.booted.time) \(state.facts.booted.year) from 192.0.2.7\n"
    }

    func prompt(_ state: LabShellState) -> String { "\(state.user)@\(state.hostname):~\(state.user == "root" ? "#" : "$") " }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        // One statement after the other, as far as `;` goes; pipes are not simulated but for grep.
        var output = ""
        var isVersion = false
        for statement in line.split(separator: ";") {
            let reply = run(String(statement).trimmingSpaces, &state)
            guard case .prompt = reply.next else { return reply }
            if case .text(let text) = reply.output { output += text }
            isVersion = isVersion || reply.isVersion
        }
        var reply = LabReply.text(output)
        reply.isVersion = isVersion
        return reply
    }

    private func run(_ statement: String, _ state: inout LabShellState) -> LabReply {
        let parsed = LabLine(statement)
        let words = parsed.words.map { $0.filter { $0 != "'" && $0 != "\"" } }
        guard let name = words.first else { return .nothing }
        let facts = state.facts
        let arguments = Array(words.dropFirst())
        let previous = state.status
        state.status = 0
        switch name {
        case "exit", "logout":
            state.status = arguments.first.flatMap { Int32($0) } ?? previous
            return LabReply(output: state.isInteractive ? .text("logout\n") : .none, next: .close)
        case "true", ":", "export", "unset", "cd", "stty", "set", "alias": return .nothing
        case "false":
            state.status = 1
            return .nothing
        case "echo": return .text(arguments.joined(separator: " ").replacingStatus(previous) + "\n").filtered(parsed.filter)
        case "printf": return .text(arguments.joined(separator: " "))
        case "whoami": return .text(state.user + "\n")
        case "hostname": return .text(state.hostname + "\n")
        case "pwd": return .text("/home/\(state.user)\n")
        case "id": return .text("uid=1000(\(state.user)) gid=1000(\(state.user)) groups=1000(\(state.user)),27(sudo)\n")
        case "uname":
            var reply = LabReply.text(
                arguments.isEmpty || arguments.first == "-s"
                    ? "Linux\n"
                    : "Linux \(state.hostname) 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux\n")
            reply.isVersion = true
            return reply
        case "date":
            return .text(
                "\(facts.clock.weekday) \(facts.clock.monthName) \(facts.clock.day.aligned(2)) \(facts.clock.time) UTC \(facts.clock.year)\n"
            )
        case "uptime":
            return .text(
                " \(facts.clock.time) up \(facts.uptime / 86_400) days,  1 user,  load average: 0.\(facts.number(11, below: 90).digits(2)), 0.08, 0.02\n"
            )
        case "cat", "head": return read(arguments.last ?? "", name, &state).filtered(parsed.filter)
        case "ls": return .text("backup.tgz  notes.txt  scripts\n")
        case "df":
            return .text(
                "Filesystem     1K-blocks    Used Available Use% Mounted on\n/dev/vda1       41020640 \(4_000_000 + facts.number(12, below: 900_000)) 35180712  11% /\ntmpfs             811584     880    810704   1% /run\n"
            )
        case "free":
            return .text(
                "               total        used        free      shared  buff/cache   available\nMem:         8115844     \(600_000 + facts.number(13, below: 90_000))     6112040        1120     1584312     7350028\nSwap:              0           0           0\n"
            )
        case "ip":
            return .text(
                String.rows(0..<2) {
                    "\($0 + 2): ens\($0 + 3): <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether \(facts.colonMAC($0)) brd ff:ff:ff:ff:ff:ff\n    inet \(facts.interfaceAddress($0))/24 brd 10.0.0.255 scope global ens\($0 + 3)\n"
                }
            ).filtered(parsed.filter)
        case "ps":
            return .text(
                "    PID TTY          TIME CMD\n   \(900 + facts.number(14, below: 90)) pts/0    00:00:00 bash\n   1204 pts/0    00:00:00 ps\n"
            )
        case "who": return .text("\(state.user.padded(9))pts/0        \(facts.clock.date) \(facts.clock.time.prefix(5)) (192.0.2.7)\n")
        case "seq":
            return .text((1...max(1, arguments.last.flatMap { Int($0) } ?? 1)).map { "\($0)\n" }.joined())
        case "sleep": return LabReply(pause: arguments.first.flatMap { Duration(labText: $0) } ?? .zero)
        case "sudo":
            let rest = arguments.joined(separator: " ")
            return .ask("[sudo] password for \(state.user): ", .secret) { secret, state in
                guard secret == state.enableSecret else {
                    state.status = 1
                    return .text("sudo: 1 incorrect password attempt\n")
                }
                return LinuxServer().execute(rest, &state)
            }
        default:
            state.status = 127
            return .text("bash: \(state.isInteractive ? "" : "line 1: ")\(name): command not found\n")
        }
    }

    private func read(_ path: String, _ command: String, _ state: inout LabShellState) -> LabReply {
        switch path {
        case "/etc/hostname": return .text(state.hostname + "\n")
        case "/etc/os-release":
            return .text(
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nID=debian\n"
            )
        case "/proc/uptime":
            return .text("\(state.facts.uptime).\(state.facts.number(15, below: 99).digits(2)) \(state.facts.uptime * 2).00\n")
        case "/proc/loadavg": return .text("0.08 0.03 0.01 1/212 \(1000 + state.facts.number(16, below: 9000))\n")
        default:
            state.status = 1
            return .text("\(command): \(path): No such file or directory\n")
        }
    }
}

extension String {
    /// With `$?` replaced, as a shell does it.
    fileprivate func replacingStatus(_ status: Int32) -> String {
        split(separator: "$?", omittingEmptySubsequences: false).joined(separator: "\(status)")
    }
}
