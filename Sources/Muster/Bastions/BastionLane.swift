import MusterTransport

/// One connection to a bastion that is to be made.
///
/// There is one, as a rule; while it waits for devices that do not answer, the others go on over a further one.
final class BastionLane: Sendable {
    let bastion: Bastion
    let number: Int
    /// How to log in; a bastion that turned out to want the system's `ssh` is not tried otherwise again.
    private let device: Device

    init(_ bastion: Bastion, number: Int, device: Device) {
        self.bastion = bastion
        self.number = number
        self.device = device
    }

    /// Connects, logs in, and tells the bastion.
    func open(in environment: DeviceEnvironment) async {
        let login = DeviceLogin(device: device, environment: environment, loop: bastion.loop)
        let result: Result<any BastionLine, MusterError>
        do throws(MusterError) {
            result = .success(try await login.runBastion())
        } catch {
            result = .failure(error)
        }
        await bastion.connected(number, result)
    }
}
