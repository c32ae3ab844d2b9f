/// What has happened in a lab, or at one of its devices.
package struct LabCounts: Sendable, Equatable {
    /// TCP connections that are open.
    package var connectionsOpen = 0
    /// TCP connections that there have been.
    package var connectionsTotal = 0
    /// Sessions that are logged in.
    package var sessionsOpen = 0
    /// Sessions that have logged in.
    package var sessionsTotal = 0
    /// The most sessions that were logged in at once.
    package var sessionsPeak = 0
    /// Shells that were granted.
    package var shells = 0
    /// Logged-in sessions whose client said goodbye: it sent SSH's disconnect message or left the shell by a command such as `exit`.
    package var cleanLogouts = 0
    /// Logged-in sessions that ended without a goodbye from the client, the device's own drops included.
    package var lostSessions = 0
    /// Credentials that were refused.
    package var loginsRefused = 0
    /// Connections carried onwards to another device.
    package var forwards = 0
}
