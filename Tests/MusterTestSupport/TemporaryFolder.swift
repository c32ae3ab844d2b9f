import Foundation

/// A folder that only the user can read, for the length of a scope.
package func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let path = NSTemporaryDirectory() + "muster-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
