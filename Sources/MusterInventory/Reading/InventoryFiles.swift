#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The text of one inventory file.
struct InventoryFile: Sendable {
    /// The file as the user named it.
    let path: String
    let text: String
    /// The permission bits, when they let others than the owner read the file.
    let readableByOthers: UInt32?
    /// Device and inode, by which the same file named twice is known.
    var identity: FileIdentity?

    struct FileIdentity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }
}

/// Finds and reads inventory files.
enum InventoryFiles {
    /// The files that `path` stands for; what can't be read becomes a problem.
    static func files(at path: String, problems: inout [InventoryProblem]) -> [InventoryFile] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            problems.append(unreadable(path, errno, verb: "read"))
            return []
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return contents(path, problems: &problems).map { [$0] } ?? []
        }
        guard let names = yamlNames(in: path) else {
            problems.append(unreadable(path, errno, verb: "list"))
            return []
        }
        if names.isEmpty {
            problems.append(
                InventoryProblem(file: path, message: "the folder holds no inventory; expected files that end in .yaml or .yml"))
        }
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return names.compactMap { contents(prefix + $0, problems: &problems) }
    }

    private static func yamlNames(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) { String(cString: $0) }
            }
            // A leading dot marks editors' swap files and the like.
            if !name.hasPrefix("."), name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(_ path: String, problems: inout [InventoryProblem]) -> InventoryFile? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            problems.append(unreadable(path, errno, verb: "read"))
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, let bytes = allBytes(of: descriptor, expected: Int(status.st_size)) else {
            problems.append(unreadable(path, errno, verb: "read"))
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.append(notUTF8(path, bytes))
            return nil
        }
        let regular = status.st_mode & S_IFMT == S_IFREG
        let mode = UInt32(status.st_mode) & 0o777
        return InventoryFile(
            path: path, text: text, readableByOthers: regular && mode & 0o044 != 0 ? mode : nil,
            identity: regular ? .init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) : nil)
    }

    private static func allBytes(of descriptor: Int32, expected: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            let room = max(expected - bytes.count + 1, 4096)
            var failed = false
            let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                repeat {
                    count = read(descriptor, buffer.baseAddress, room)
                    failed = count < 0
                } while failed && errno == EINTR
                count = max(count, 0)
            }
            if failed { return nil }
            if chunk.isEmpty { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32, verb: String) -> InventoryProblem {
        let hint = code == ENOENT ? "name the inventory with -i, or create \(path)" : nil
        return InventoryProblem(file: path, message: "can't \(verb) the inventory: \(String(cString: strerror(code)))", hint: hint)
    }

    private static func notUTF8(_ path: String, _ bytes: [UInt8]) -> InventoryProblem {
        let prefix = bytes.prefix(2)
        if prefix == [0xFF, 0xFE] || prefix == [0xFE, 0xFF] {
            return InventoryProblem(
                file: path, line: 1, column: 1, message: "the file is UTF-16; expected UTF-8", hint: "save it as UTF-8")
        }
        // Everything before the first bad byte is sound, so scanning line by line finds it.
        var line = 1
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0A), String(validating: bytes[start..<end], as: UTF8.self) != nil {
            line += 1
            start = end + 1
        }
        var column = 1
        var decoder = UTF8()
        var iterator = bytes[start...].makeIterator()
        while case .scalarValue = decoder.decode(&iterator) { column += 1 }
        return InventoryProblem(
            file: path, line: line, column: column, message: "a byte that is not UTF-8; expected UTF-8 text", hint: "save the file as UTF-8"
        )
    }
}
