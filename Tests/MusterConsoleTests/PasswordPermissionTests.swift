import MusterTransport
import Testing

@testable import MusterConsole

/// A password that a device asks for inside a session, and that may not be given at once.
struct PasswordPermissionTests {
    /// What is typed while nothing comes for a while.
    private func typed(_ device: inout Dialogue, in pause: Duration = .milliseconds(60)) -> String {
        device.pause(pause)
        return device.takeTyped()
    }

    /// A device that has let the session in and asks for a password that needs permission.
    private func heldDevice() throws -> Dialogue {
        let login = LoginCredentials(user: "admin", password: "s3cret", isExpected: false, needsPermission: true)
        var device = try Dialogue("generic")
        device.start(timeout: .seconds(60), credentials: login)
        device.says("Username: ")
        #expect(typed(&device) == "admin\n")
        device.says("admin\r\nPassword: ")
        // Nothing is typed, and the login's time stands still.
        #expect(typed(&device, in: .seconds(600)) == "")
        #expect(device.machine.awaitsPermission && device.machine.nextDeadline() == nil)
        return device
    }

    @Test func typesThePasswordInsideASession_whenThatIsPermitted() throws {
        var device = try heldDevice()
        device.permit(true)
        #expect(device.takeTyped() == "s3cret\n")
        device.says("\r\nsw1#")
        device.pause(.seconds(1))
        device.says("\r\nsw1#")
        #expect(device.isOpened)
    }

    @Test func typesNoPasswordInsideASession_whenItIsNotPermitted() throws {
        var device = try heldDevice()
        device.permit(false)
        #expect(device.takeTyped() == "")
        #expect(try device.takeError().kind == .passwordMissing)
    }

    @Test func fails_whenTheDeviceLeavesBeforeThePasswordIsPermitted() throws {
        var device = try heldDevice()
        device.machine.ended(.closedByPeer, now: device.now)
        device.permit(true)
        #expect(device.takeTyped() == "")
        #expect(try device.takeError().kind == .ended(.closedByPeer))
    }

    @Test func hasALimitAgain_whenThePasswordWasPermitted() throws {
        var device = try heldDevice()
        device.permit(true)
        device.pause(.seconds(59))
        #expect(device.events.isEmpty)
        device.pause(.seconds(2))
        #expect(try device.takeError().kind == .neverPrompted)
    }
}
