#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Reads a descriptor to its end.
func readAll(_ descriptor: Int32) throws(ReadFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw ReadFailure(reason: String(cString: strerror(errno))) }
        bytes += buffer[..<count]
    }
}

/// Reads a file.
func readAll(path: String) throws(ReadFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadFailure(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    return try readAll(descriptor)
}

/// Whether a file or folder can be seen.
func fileExists(_ path: String) -> Bool {
    access(path, F_OK) == 0
}

/// Whether a folder is there.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Why a file could not be read, in the system's words.
struct ReadFailure: Error {
    let reason: String
}
