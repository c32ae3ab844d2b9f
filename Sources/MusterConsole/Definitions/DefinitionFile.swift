#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Definitions in files.
package enum DefinitionFile {
    /// The largest published definition has some thousand bytes; what is larger than this is something else.
    static let largest = 1 << 20

    /// Reads the definition in a file; its platform has the file's base name.
    ///
    /// Blocks while it reads.
    ///
    /// - Parameter keepsPlaces: Whether it is told where each key stands.
    package static func read(_ path: String, keepsPlaces: Bool = false) -> Definition {
        do throws(PlatformProblem) {
            return Platform.read(yaml: try text(path), name: name(of: path), file: path, keepsPlaces: keepsPlaces)
        } catch {
            return Definition(file: path, platform: nil, problems: [error])
        }
    }

    /// `dir/my_os.yaml` is `my_os`.
    package static func name(of path: String) -> String {
        let base = path.split(separator: "/").last.map(String.init) ?? path
        for ending in [".yaml", ".yml"] where base.hasSuffix(ending) && base.count > ending.count {
            return String(base.dropLast(ending.count))
        }
        return base
    }

    /// The definitions in a folder: names and paths, sorted.
    ///
    /// A file that begins with a dot is left aside: editors make them.
    package static func files(inFolder path: String) throws(PlatformProblem) -> [(name: String, path: String)] {
        guard let stream = opendir(path) else {
            throw problem(path, "can't list the folder: \(String(cString: strerror(errno)))", "a folder of definitions")
        }
        defer { closedir(stream) }
        var bases: [String] = []
        while let entry = readdir(stream) {
            let base = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) { String(cString: $0) }
            }
            if !base.hasPrefix("."), base.hasSuffix(".yaml") || base.hasSuffix(".yml") { bases.append(base) }
        }
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return bases.sorted().map { (name(of: $0), prefix + $0) }
    }

    /// The text in a file.
    ///
    /// Blocks while it reads.
    package static func text(_ path: String) throws(PlatformProblem) -> String {
        // A pipe that nobody writes to would block the opening.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let expected = errno == ELOOP ? "a file, not a symbolic link that leads to itself" : "the file of a definition"
            throw problem(path, "can't be read: \(String(cString: strerror(errno)))", expected)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem(path, "can't be read: \(String(cString: strerror(errno)))", "") }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw problem(path, "is a folder", "the file of a definition; a folder of them goes into $MUSTER_PLATFORMS")
        default: throw problem(path, "is no regular file", "the file of a definition")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= largest {
            let count = systemRead(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw problem(path, "can't be read: \(String(cString: strerror(errno)))", "") }
            bytes += buffer[..<count]
        }
        guard bytes.count <= largest else {
            throw problem(path, "is larger than \(largest >> 20) MiB", "a definition of some thousand bytes")
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw notUTF8(path, bytes)
    }

    private static func notUTF8(_ path: String, _ bytes: [UInt8]) -> PlatformProblem {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return problem(path, "is UTF-16", "UTF-8") }
        // Everything before the first bad byte is sound.
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return PlatformProblem(
            file: path, line: line, column: column, key: "", what: "a byte that is not UTF-8", expected: "text in UTF-8")
    }

    private static func problem(_ path: String, _ what: String, _ expected: String) -> PlatformProblem {
        PlatformProblem(file: path, line: nil, key: "", what: what, expected: expected)
    }
}

/// The system's `read`, which the type's own member of that name hides.
private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
    read(descriptor, &buffer, count)
}
