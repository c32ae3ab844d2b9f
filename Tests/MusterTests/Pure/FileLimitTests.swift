import Testing

@testable import Muster

struct FileLimitTests {
    @Test(arguments: [(1024, 960), (256, 192), (65, 1), (64, 1), (0, 1), (1_048_576, 1_048_512)])
    func leavesAReserve_whenDevicesAreCounted(openFiles: Int, devices: Int) {
        #expect(FileLimit.devices(openFiles: openFiles) == devices)
        #expect(FileLimit.devices(openFiles: openFiles, each: 6) == max(1, (openFiles - 64) / 6))
    }

    @Test func neverBelowTheLimitInForce_whenRaised() {
        let first = FileLimit.raise()
        #expect(first >= 1)
        #expect(FileLimit.raise() == first)
    }
}
