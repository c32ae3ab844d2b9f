import MusterTransport

extension SSHSession {
    func error(_ code: Int32, for pending: Pending) -> SSHError {
        if banner != nil, let transportEnd { return lost(transportEnd) }
        if case .gone? = transportEnd, let transportEnd { return lost(transportEnd) }
        return SSHErrorReport(
            code: code, operation: pending.operation, stage: pending.stage, text: engine.lastErrorText,
            disconnectReason: engine.disconnectReason, transcript: engine.transcript, deviceBanner: engine.banner,
            end: transportEnd, signatureProblem: engine.signatureProblem
        ).error
    }

    func lost(_ end: TransportEnd) -> SSHError {
        if let banner {
            let seen = banner.seen.isEmpty ? "the connection closed" : "\"\(banner.seen)\" and the connection closed"
            let why = end.breakage.map { ": \($0)" } ?? ""
            return SSHError(
                .connectionLost, stage: .handshake, "expected an SSH version line, seen \(seen)\(why)",
                hint: "the device may refuse this address, or have no free session")
        }
        // Nothing is pending yet where the end comes with the first bytes.
        let stage = pending.first?.stage ?? stage
        if let reason = engine.disconnectReason {
            return SSHError(.connectionLost, stage: stage, "the device disconnected: \(reason)")
        }
        switch end {
        case .closedByPeer: return SSHError(.connectionLost, stage: stage, "the device closed the connection")
        case .closedHere: return SSHError(.connectionLost, stage: stage, "the connection was closed here")
        case .lost, .gone:
            return SSHError(.connectionLost, stage: stage, "the connection broke: \(end.breakage ?? "")", hint: end.hint)
        }
    }

    func notSSH(_ banner: BannerMachine) -> SSHError {
        SSHError(
            .notSSH, stage: .handshake, "expected an SSH version line, seen \"\(banner.seen)\"",
            hint: banner.looksLikeTelnet ? "this port speaks telnet" : "is this the SSH port?")
    }
}
