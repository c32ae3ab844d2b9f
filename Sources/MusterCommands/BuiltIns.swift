import MusterConsole
import MusterSSH

/// The names of the platforms that an inventory may use, aliases included.
func knownPlatforms() -> Set<String> {
    Set(Platform.builtInNames).union(Platform.aliases.keys)
}

/// This program's version.
let musterVersion = "0.1.0"

/// The version of the SSH engine, as `muster --version` shows it.
func engineVersion() -> String {
    "libssh2 \(LibSSH2.version)"
}
