import ArgumentParser
import Muster

/// A verb that has many devices do something, and prints one result for each.
protocol FleetVerb: Verb {
    var devices: DeviceOptions { get }
    var login: LoginOptions { get }
    var pace: PaceOptions { get }
    var output: OutputOptions { get }
    var recording: RecordingOptionGroup { get }
}

extension FleetVerb {
    /// What the options for all such verbs say of a run.
    var fleetOptions: RunOptions {
        var options = RunOptions()
        options.fanout = pace.fanout
        options.mode =
            switch pace.mode {
            case .gather: .gather
            case .asCompleted: .asCompleted
            case .first: .first(pace.count ?? 1)
            }
        options.commandTimeout = pace.timeout ?? options.commandTimeout
        options.outputLimit = output.outputLimit ?? options.outputLimit
        options.outputFolder = output.spillDir
        options.connectTimeout = pace.connectTimeout ?? options.connectTimeout
        options.deadline = pace.deadline
        options.maxAuthFailures = login.maxAuthFailures
        options.hostKeys = login.hostKeys?.policy ?? options.hostKeys
        options.knownHostsFiles = login.known.knownHosts
        options.recording = recording.options
        options.openSSH.configurationFile = devices.inventory.sshConfig
        return options
    }
}
