import Foundation
import Testing

@testable import MusterLab

struct LabPlanTests {
    @Test func hasUniqueNamesAndAddresses_whenManyDevicesArePlanned() {
        let devices = LabPlan(count: 70_000).devices
        #expect(devices.count == 70_000)
        #expect(Set(devices.map(\.name)).count == 70_000)
        #expect(Set(devices.map(\.address)).count == 70_000)
        #expect(devices.allSatisfy { LoopbackAddress.number($0.address) != nil && !$0.address.hasPrefix("127.0.") })
        #expect(devices[0].address == "127.1.0.1")
        #expect(Set(devices.map(\.platform)) == Set(LabPlatform.allCases))
    }

    @Test func givesFaultsToMatchingDevices_whenAPatternIsNamed() {
        var plan = LabPlan(count: 16)
        #expect(plan.add(.junk, to: "leaf-*") == 2)
        #expect(plan.add(.junk, to: "leaf-0?") == 2)
        #expect(plan.add(.junk, to: "leaf-01") == 1)
        #expect(plan.add(.junk, to: "nobody") == 0)
    }

    @Test func readsBackWhatItWrote_whenAnInventoryIsWritten() throws {
        var plan = LabPlan(count: 20)
        _ = plan.add(.latency(.milliseconds(250)), to: "core-01")
        _ = plan.add(.banner("Keep \"out\"\nplease"), to: "core-01")
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var written = LabConfiguration()
        written.password = "pa\"ss: #1"
        try plan.write(to: path, port: 2222, written)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)

        var read = LabConfiguration()
        let again = try LabPlan(inventory: path, &read)
        #expect(read.password == "pa\"ss: #1")
        #expect(read.port == 2222)
        func summary(_ plan: LabPlan) -> [String] {
            plan.entries.map { entry in
                "\(entry.device.name) \(entry.device.address) \(entry.device.platform) \(entry.site) \(entry.role) \(entry.device.faults.map { $0.text ?? "" })"
            }.sorted()
        }
        #expect(summary(again) == summary(plan))
    }

    @Test func saysWhatIsWrong_whenAnInventoryIsNotTheLabs() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var configuration = LabConfiguration()
        try Data("hosts: {r1: {address: 192.0.2.1}}".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: LabError.self) { try LabPlan(inventory: path, &configuration) }
        #expect(error?.description.contains("host 'r1'") == true)
        try Data("hosts: {r1: {address: 127.1.0.1, platform: toaster}}".utf8).write(to: URL(filePath: path))
        #expect(throws: LabError.self) { try LabPlan(inventory: path, &configuration) }
    }
}
