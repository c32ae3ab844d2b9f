import MusterTransport

extension Survey {
    /// Connects to a device by TCP.
    package static let dialDirectly: Dial = { device, loop, deadline throws(MusterError) in
        let began = loop.now
        func failure(_ code: MusterError.Code, phase: Phase, _ message: String, hint: String? = nil) -> MusterError {
            MusterError(code, phase: phase, device: device.name, message: message, hint: hint)
        }
        // Connecting directly instead would be a surprise, and may reach another device.
        guard device.jump.isEmpty else {
            throw failure(
                .usage, phase: .connect,
                "it is to be reached through \(device.jump.joined(separator: ", ")), and this looks at it directly",
                hint: "leave it out with -x")
        }
        do throws(TransportError) {
            let addresses = try await TCP.resolve(host: device.address, port: device.port, on: loop, deadline: deadline)
            return try await TCP.connect(to: addresses, on: loop, deadline: deadline)
        } catch {
            let elapsed = (loop.now - began).shown
            switch error {
            case .unknownHost(let text):
                throw failure(
                    .unknownHost, phase: .resolve, "'\(device.address)' has no address: \(text)",
                    hint: "check the spelling, or set `address` to an IP address")
            case .resolveTimedOut:
                throw failure(
                    .timeout, phase: .resolve, "no answer from the resolver for '\(device.address)' within \(elapsed)",
                    hint: "check DNS, or set `address` to an IP address")
            case .connectFailed(let address, let text):
                throw failure(
                    .connection, phase: .connect, "no connection to \(address): \(text.lowercasedFirst)",
                    hint: "check the address, the port, and that SSH is enabled")
            case .connectTimedOut(let address):
                throw failure(
                    .timeout, phase: .connect, "no answer from \(address) within \(elapsed)",
                    hint: "the device is down, or a firewall drops the packets; --connect-timeout sets the time")
            case .cancelled:
                throw failure(.cancelled, phase: .connect, "cancelled")
            }
        }
    }
}
