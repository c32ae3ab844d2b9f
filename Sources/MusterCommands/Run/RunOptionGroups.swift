import ArgumentParser
import Muster
import MusterInventory
import MusterRendering

/// Which inventory, and what of it.
struct InventoryOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Inventory file or folder; may repeat.", discussion: "Without it: $MUSTER_INVENTORY, else ./inventory.yaml.", valueName: "path")
    )
    var inventory: [String] = []

    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp("ssh_config to read, or none. (default: ~/.ssh/config, then /etc/ssh/ssh_config)", valueName: "path"))
    var sshConfig: String?

    @Option(name: [.customShort("x"), .long], help: ArgumentHelp("Not these.", valueName: "nodeset"), transform: ArgumentText.nodeSet)
    var exclude: NodeSet?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only those whose attributes match: \"site=ams & role!=spine\".", valueName: "expr"),
        transform: ArgumentText.selection)
    var select: Selection?
}

/// Which devices a run is for.
struct DeviceOptions: ParsableArguments {
    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp(
            "Only these: leaf[01-48],spine1,@group.", discussion: "Without an inventory: addresses to connect to, user@host:port.",
            valueName: "nodeset"), transform: ArgumentText.nodeSet)
    var hosts: NodeSet?

    @OptionGroup var inventory: InventoryOptions
}

/// How to reach the devices and log in to them; goes before what the inventory says.
struct LoginOptions: ParsableArguments {
    /// The policies for host keys, by their names on the command line.
    enum HostKeyChoice: String, CaseIterable, ExpressibleByArgument {
        case acceptNew = "accept-new"
        case strict, off

        /// What the choice stands for.
        var policy: HostKeyPolicy {
            switch self {
            case .acceptNew: .acceptNew
            case .strict: .strict
            case .off: .off
            }
        }
    }

    @Option(name: [.short, .long], help: ArgumentHelp("User to log in as.", valueName: "name"))
    var user: String?

    @Flag(help: "Ask for the password on the terminal.")
    var askPassword = false

    @Option(help: ArgumentHelp("Take the password from this environment variable.", valueName: "name"))
    var passwordEnv: String?

    @Option(help: ArgumentHelp("Private key file, tried before the password; may repeat.", valueName: "path"))
    var identity: [String] = []

    @Option(
        help: ArgumentHelp(
            "Devices that may refuse a credential before it is offered to no other; 0 for any number.",
            discussion: "Devices left without a credential are skipped. No account gets more wrong attempts than that.", valueName: "n"))
    var maxAuthFailures = RunOptions().maxAuthFailures

    @Option(
        help: ArgumentHelp(
            "What to do about host keys. (default: what ssh_config says, else accept-new)",
            discussion:
                "accept-new pins an unknown key and says so, strict refuses it, off checks nothing. A changed key is refused unless off.",
            valueName: "policy"))
    var hostKeys: HostKeyChoice?

    @OptionGroup var known: KnownHostsOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Platform of the devices, such as cisco_iosxe; auto finds it out. (default: generic)",
            discussion: "Also the path of a definition, such as ./my_os.yaml. $MUSTER_PLATFORMS may name folders of them.",
            valueName: "name"))
    var platform: String?

    @Option(help: ArgumentHelp("Definition of the platform of all devices, in place of --platform.", valueName: "path"))
    var definition: String?

    @Option(
        name: [.customShort("J"), .long],
        help: ArgumentHelp("Bastions to go through, outermost first: hosts of the inventory, or user@host:port.", valueName: "hosts"))
    var jump: String?

    @Option(
        help: ArgumentHelp(
            "What carries the devices' command lines; bastions have their own 'transport' in the inventory.",
            discussion:
                "ssh: built in. openssh: the system's ssh. auto: openssh where the built-in one lacks an algorithm. telnet: in the clear.",
            valueName: "name"), transform: ArgumentText.transport)
    var transport: InventoryTransport?

    @Option(
        help: ArgumentHelp(
            "How commands get to devices reached by SSH. (default: auto)",
            discussion:
                "shell: typed into a shell with a terminal. exec: each over a channel of its own, with its exit status. auto: exec where the "
                + "platform allows it, such as linux.",
            valueName: "name"), transform: ArgumentText.channel)
    var channel: InventoryChannel?

    @Flag(help: "Offer the algorithms of old gear, too: SHA-1, CBC, 3DES, ssh-dss.")
    var legacy = false

    @Option(help: ArgumentHelp("TCP port. (default: 22, telnet 23)", valueName: "number"), transform: ArgumentText.portNumber)
    var port: Int?

    func validate() throws {
        if platform != nil, definition != nil { throw ValidationError("--platform and --definition exclude each other.") }
        if askPassword, passwordEnv != nil { throw ValidationError("--ask-password and --password-env exclude each other.") }
        if let passwordEnv, passwordEnv.isEmpty { throw ValidationError("--password-env wants the name of a variable.") }
        if let jump, jump.split(separator: ",", omittingEmptySubsequences: false).contains(where: \.isEmpty) {
            throw ValidationError("--jump wants the names of hosts, with commas between them.")
        }
        if let user, user.isEmpty { throw ValidationError("--user wants a name.") }
        if maxAuthFailures < 0 {
            throw ValidationError("--max-auth-failures \(maxAuthFailures) makes no sense; give 1 or more, or 0 for any number.")
        }
    }
}

/// Where host keys are kept.
struct KnownHostsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Known hosts file; may repeat, the first is written.",
            discussion: "Without it, the files that ssh reads: ~/.ssh/known_hosts, ~/.ssh/known_hosts2 and those in /etc/ssh.",
            valueName: "path"))
    var knownHosts: [String] = []

    /// The paths with `~` resolved, which the shell leaves alone in `--known-hosts=~/keys`.
    func paths(in environment: [String: String]) -> [String] {
        guard let home = environment["HOME"] else { return knownHosts }
        return knownHosts.map { $0.hasPrefix("~/") ? home + $0.dropFirst() : $0 }
    }
}

/// How the run goes about the devices.
struct PaceOptions: ParsableArguments {
    /// The name of a mode; `first` has its number beside it.
    enum ModeName: String, CaseIterable, ExpressibleByArgument {
        case gather
        case asCompleted = "as-completed"
        case first
    }

    @Option(name: [.short, .long], help: ArgumentHelp("Devices at once.", valueName: "n"))
    var fanout = RunOptions().fanout

    @Option(help: ArgumentHelp("Devices at once behind each bastion; lowered when a bastion refuses one more.", valueName: "n"))
    var bastionChannels = RunOptions().bastionChannels

    @Option(
        help: ArgumentHelp(
            "When results are printed.",
            discussion:
                "gather: in inventory order, when all are done. as-completed: each as it completes. first: until --count devices succeeded; "
                + "the others are cancelled.",
            valueName: "mode"))
    var mode = ModeName.asCompleted

    @Option(help: ArgumentHelp("Successes that end a run of mode first. (default: 1)", valueName: "n"))
    var count: Int?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Time for one command. (default: 30s)", valueName: "duration"),
        transform: ArgumentText.duration)
    var timeout: Duration?

    @Option(
        help: ArgumentHelp("Time from the name's look-up to the first prompt. (default: 15s)", valueName: "duration"),
        transform: ArgumentText.duration)
    var connectTimeout: Duration?

    @Option(
        help: ArgumentHelp("Time for the whole run; what is not done is cancelled and reported. (default: none)", valueName: "duration"),
        transform: ArgumentText.duration)
    var deadline: Duration?

    func validate() throws {
        if fanout < 1 { throw ValidationError("--fanout \(fanout) would never start a device; give 1 or more.") }
        if bastionChannels < 1 {
            throw ValidationError("--bastion-channels \(bastionChannels) would let no device through; give 1 or more.")
        }
        if let count {
            if mode != .first { throw ValidationError("--count goes with --mode first.") }
            if count < 1 { throw ValidationError("--count \(count) would end the run before it began; give 1 or more.") }
        }
        for (name, value) in [("--timeout", timeout), ("--connect-timeout", connectTimeout), ("--deadline", deadline)] {
            if let value, value <= .zero { throw ValidationError("\(name) must be longer than nothing.") }
        }
    }
}

/// What is written, and how.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Form of the results on standard output.", valueName: "form"))
    var output = ResultForm.text

    @Option(
        help: ArgumentHelp(
            "Output of one command kept in the result; all of a longer one goes to a file. At least 64K. (default: 16M)", valueName: "bytes"
        ),
        transform: ArgumentText.byteCount)
    var outputLimit: Int?

    @Option(
        help: ArgumentHelp("Folder for the files of long outputs. (default: a new one in $TMPDIR)", valueName: "path"))
    var spillDir: String?

    @Flag(name: [.short, .customLong("verbose")], help: "Logs on standard error; -vv and -vvv say more.")
    var verbosity: Int

    @Flag(name: [.short, .long], help: "No progress, notes, warnings or summary.")
    var quiet = false

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    @Flag(help: "No progress line.")
    var noProgress = false
}
