import MusterSSH
import MusterTransport

/// Why a device behind a bastion has no way to it.
enum BastionError: Error, Sendable {
    /// The bastion itself could not be reached or logged in to.
    case unavailable(bastion: String, MusterError)
    /// The bastion was asked for the device, and refused.
    case refused(bastion: String, code: MusterError.Code, String, hint: String)
    /// The time was over.
    case timedOut(bastion: String, waitingFor: String)
    /// The task was cancelled.
    case cancelled
}

extension BastionError {
    /// What a bastion answered that opened no channel.
    init(_ error: SSHError, bastion: String) {
        let (code, hint): (MusterError.Code, String) =
            switch error.kind {
            case .unreachableTarget:
                (.connection, "check the address as the bastion sees it, the port, and that the device is up")
            case .forwardingRefused, .channelShortage:
                (.channel, "the bastion's sshd decides by AllowTcpForwarding, PermitOpen and DisableForwarding")
            default: (.connectionLost, error.hint ?? "try again")
            }
        self = .refused(bastion: bastion, code: code, error.message, hint: hint)
    }
}

extension MusterError {
    /// What to do where the error is a bastion's: what is given for a run is for its devices.
    var hintForBastion: String? {
        guard code == .credential || code == .authentication else { return hint }
        return
            "--ask-password, --password-env and --identity are for the devices: give the bastion a password or identity of its own, as a host "
            + "of the inventory or in its defaults, an IdentityFile in ssh_config, or a key in the agent"
    }
}

extension DeviceLogin {
    /// The public error for a way that did not come about.
    func wrapped(_ error: BastionError, limit: Duration) -> MusterError {
        switch error {
        case .unavailable(let bastion, let cause):
            failure(cause.code, phase: .connect, "the bastion \(bastion) cannot be used: \(cause.message)", hint: cause.hintForBastion)
        case .refused(let bastion, let code, let text, let hint):
            failure(code, "the bastion \(bastion) was asked, and \(text) (after \((loop.now - clock.began).shown))", hint: hint)
        case .timedOut(let bastion, let what):
            failure(
                .timeout, "through the bastion \(bastion): \(what) within \(limit.shown)",
                hint: "the device is down, or something behind the bastion drops the packets; --connect-timeout sets the time")
        case .cancelled:
            failure(.cancelled, "cancelled")
        }
    }
}
