import Muster
import MusterInventory
import Testing

struct RedactionTests {
    private let device = Device(
        name: "r1", address: "192.0.2.1", user: "netops", password: Secret(Hush.password), identities: ["/keys/id"],
        passphrase: Secret(Hush.passphrase), secrets: ["enable": Secret(Hush.enable)])

    @Test func showsNoSecret_whenADeviceIsPrinted() {
        expectNoSecret(in: device)
        expectNoSecret(in: [device])
        expectNoSecret(in: Optional(device) as Any)
        #expect("\(device)".contains("<secret>"))
        #expect("\(device)".contains("netops"))
    }

    @Test func showsNoSecret_whenAMirrorWalksThroughADevice() {
        func walk(_ value: Any, depth: Int = 0) {
            #expect(!"\(value)".contains(Hush.mark))
            guard depth < 6 else { return }
            for child in Mirror(reflecting: value).children { walk(child.value, depth: depth + 1) }
        }
        walk(device)
    }

    @Test func isStillAtHand_whenItIsWanted() {
        #expect(device.password?.reveal() == Hush.password)
        #expect(device.secrets["enable"]?.reveal() == Hush.enable)
    }
}
