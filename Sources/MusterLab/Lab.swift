/// A running lab, for as long as the scope that made it.
package struct Lab: Sendable {
    /// The TCP port at which every device listens.
    package let port: UInt16
    /// The TCP port at which every device answers telnet; 0 when none does.
    package let telnetPort: UInt16
    /// Whether all of 127.0.0.0/8 answers; otherwise 127.0.0.1 alone does.
    package let answersEverywhere: Bool
    /// The planned devices.
    package let devices: [LabDevice]
    /// The host keys that devices show.
    package let hostKeys: [LabHostKey]
    /// The host keys that devices with a changed host key show from their second connection on.
    package let changedHostKeys: [LabHostKey]
    let registry: LabRegistry

    /// What has happened so far, at all devices together.
    package var counts: LabCounts { registry.counts }

    /// What has happened so far at one device.
    ///
    /// - Parameter address: The device's address, such as `127.1.0.1`.
    package func counts(at address: String) -> LabCounts { registry.counts(at: address) }

    /// The lines that were typed at one device, over all its sessions, in the order of their arrival; secrets are left out.
    ///
    /// - Parameter address: The device's address.
    package func typed(at address: String) -> [String] { registry.typed(at: address) }

    /// Breaks every connection to one device, as when it loses its power.
    ///
    /// - Parameter address: The device's address.
    package func dropConnections(at address: String) { registry.dropConnections(at: address) }

    /// Returns when what has happened satisfies a condition.
    ///
    /// - Parameter condition: Tried at once and after each change; must be quick, as it runs under the lab's lock.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntil(_ condition: @escaping @Sendable (LabCounts) -> Bool) async throws {
        try await registry.waitUntil(condition)
    }
}

/// Runs a lab for the length of a scope.
///
/// Leaving the scope drops every connection and returns when all threads have ended.
///
/// - Parameters:
///   - configuration: What to simulate.
///   - body: Gets the running lab.
/// - Throws: `LabError` when the lab can't start, and what `body` throws.
/// - Returns: What `body` returns.
package func withLab<Result>(
    _ configuration: LabConfiguration = LabConfiguration(), _ body: (Lab) async throws -> Result
) async throws -> Result {
    let server = try LabServer(configuration)
    let lab = try await server.start()
    do {
        let result = try await body(lab)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
