extension Lab {
    /// Whether a planned device waits for the confirmation of a commit.
    ///
    /// - Parameter address: The device's address.
    package func isPending(at address: String) -> Bool {
        devices.contains { $0.address == address && $0.running.isPending }
    }

    /// Whether a planned device's configuration was saved as it is now.
    ///
    /// - Parameter address: The device's address.
    package func isSaved(at address: String) -> Bool {
        devices.contains { $0.address == address && $0.running.isSaved }
    }
}
