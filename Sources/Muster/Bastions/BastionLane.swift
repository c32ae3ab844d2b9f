import MusterSSH
import MusterTransport

/// One connection to a bastion.
///
/// There is one; libssh2 can open only one channel of a connection at a time, so when a device behind the bastion does not answer, and the
/// bastion itself waits for it, the others go on over a second one.
final class BastionLane: Sendable {
    let bastion: Bastion
    let number: Int

    init(_ bastion: Bastion, number: Int) {
        self.bastion = bastion
        self.number = number
    }

    /// Connects, logs in, and tells the bastion.
    func open(in environment: DeviceEnvironment) async {
        let login = DeviceLogin(device: bastion.device, environment: environment, loop: bastion.loop)
        let result: Result<SSHSession, MusterError>
        do throws(MusterError) {
            result = .success(try await login.runBastion())
        } catch {
            result = .failure(error)
        }
        await bastion.opened(number, result)
    }
}
