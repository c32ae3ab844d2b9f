#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension SSHConfigFiles {
    /// Larger than any configuration; keeps a device such as /dev/zero from being read for ever.
    private static let largest = 16 * 1024 * 1024

    /// The files of this system.
    package static let system = SSHConfigFiles(
        read: { path, isTrusted throws(Failure) in try systemRead(path, isTrusted: isTrusted) },
        matching: { pattern in
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
            return (0..<Int(found.gl_pathc)).compactMap { index in paths[index].map { String(cString: $0) } }
        })

    private static func systemRead(_ path: String, isTrusted: Bool) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable("it is a folder") }
        // Whoever can write it can have the user run a command of theirs (ProxyCommand); ssh refuses such a file too.
        if !isTrusted {
            guard status.st_uid == 0 || status.st_uid == getuid() else { throw .unreadable("it belongs to someone else") }
            guard status.st_mode & 0o022 == 0 else { throw .unreadable("others can write it; chmod go-w makes it safe") }
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = systemCall(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > largest { throw .unreadable("it is larger than 16 MiB") }
        }
    }

    private static func failure() -> Failure {
        errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
    }
}

/// read(2), under a name that the type's own `read` does not hide.
private func systemCall(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
