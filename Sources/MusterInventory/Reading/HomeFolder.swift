#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The user's home folder: one for everything that Muster reads and writes there.
package enum HomeFolder {
    /// `$HOME`, since who sets it means it, else the one of the user database; nil where neither is known.
    package static var path: String? {
        if let home = getenv("HOME").map({ String(cString: $0) }), !home.isEmpty { return home }
        return ofSystem
    }

    /// The one of the user database, which is all that `ssh` looks at.
    package static var ofSystem: String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let home = entry.pw_dir else { return nil }
        return String(cString: home)
    }

    /// Whether `ssh` has another one.
    package static var isMoved: Bool { path != ofSystem }
}
