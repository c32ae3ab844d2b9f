#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A secret in the first line of a file.
struct SecretFile: Sendable {
    let path: String

    /// A secret is short; a file beyond this is the wrong file.
    private static let limit = 65_536

    /// Reads the first line, on a thread of its own.
    func read() async throws -> Secret {
        try await OffPool.run(named: "secret file") { try readBlocking() }
    }

    private func readBlocking() throws(SecretError) -> Secret {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= Self.limit, !bytes.contains(0x0A) {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = Self.readBytes(descriptor, &chunk)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        let source = SecretSource.file(path)
        guard bytes.count <= Self.limit || bytes.contains(0x0A) else {
            throw SecretError(source: source, message: "the first line of \(path.quotedForMessage) is longer than \(Self.limit) bytes")
        }
        guard let secret = SecretLine.first(of: bytes) else {
            throw SecretError(
                source: source, message: "the first line of \(path.quotedForMessage) is empty or not UTF-8; expected a secret")
        }
        return secret
    }

    private func failure(_ code: Int32) -> SecretError {
        SecretError(source: .file(path), message: "can't read \(path.quotedForMessage): \(String(cString: strerror(code)))")
    }

    private static func readBytes(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        let count = buffer.count
        return buffer.withUnsafeMutableBytes { bytes in
            #if canImport(Darwin)
                Darwin.read(descriptor, bytes.baseAddress, count)
            #elseif canImport(Musl)
                Musl.read(descriptor, bytes.baseAddress, count)
            #else
                Glibc.read(descriptor, bytes.baseAddress, count)
            #endif
        }
    }
}

/// The first line of what a file or a command gives.
enum SecretLine {
    /// The text up to the first line break; nil when it is empty or not UTF-8.
    static func first(of bytes: [UInt8]) -> Secret? {
        var line = bytes.prefix { $0 != 0x0A }
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else { return nil }
        return Secret(text)
    }
}
