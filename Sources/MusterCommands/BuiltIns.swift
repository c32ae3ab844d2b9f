import MusterSSH

/// This program's version.
let musterVersion = "0.1.0"

/// The version of the SSH engine, as `muster --version` shows it.
func engineVersion() -> String {
    "libssh2 \(LibSSH2.version)"
}
