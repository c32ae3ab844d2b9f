import CLibSSH2

/// The linked libssh2 as a whole.
package enum LibSSH2 {
    /// Its version, such as `1.10.0`.
    package static var version: String {
        libssh2_version(0).map { String(cString: $0) } ?? "unknown"
    }

    /// Initialises the library once per process.
    ///
    /// Its counter of initialisations is a plain integer, so it is never called twice, and `libssh2_exit` never at all.
    static let isInitialised: Bool = libssh2_init(0) == 0
}
