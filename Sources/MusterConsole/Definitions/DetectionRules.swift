/// How a device of a platform is told from others.
package struct DetectionRules: Sendable {
    /// Matched against the SSH version line, such as `SSH-2.0-Cisco-1.25`.
    package var sshBanner: [Pattern] = []
    /// Matched against what is printed before the first prompt.
    package var loginBanner: [Pattern] = []
    /// Commands whose answer tells.
    package var probes: [Probe] = []

    /// A command, and what its answer has on devices of the platform.
    package struct Probe: Sendable {
        package var input: String
        package var pattern: Pattern
    }

    /// Whether there is nothing to go by but the prompt.
    package var isEmpty: Bool { sshBanner.isEmpty && loginBanner.isEmpty && probes.isEmpty }
}
