#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A known hosts file on the disk; its calls block.
///
/// Others write it too: ssh, which appends a line in one write, `ssh-keygen -R`, which puts a new file in its place, and other runs of
/// Muster, which hold its lock.
package struct KnownHostsFile: Sendable, Hashable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Why the file could not be read or written, as its path and the system's words.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        init(at path: String, _ number: Int32 = errno) {
            description = "\(path): \(String(cString: strerror(number)))"
        }

        init(_ description: String) {
            self.description = description
        }
    }

    /// A state of the file: one that differs has been written to.
    struct Stamp: Sendable, Equatable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64

        fileprivate init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
        }

        /// Whether both are of one file, that is, no other has been put in its place.
        fileprivate func isOfSameFile(as other: Stamp) -> Bool { device == other.device && inode == other.inode }
    }

    /// Known hosts are some megabytes at the most.
    private static let maximumSize = 256 << 20

    /// Reads the file; `nil` when there is none.
    func read() throws(Problem) -> (content: [UInt8], stamp: Stamp)? {
        // Of a pipe, the other end may never be opened.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem(at: path)
        }
        defer { close(descriptor) }
        return try contents(descriptor)
    }

    private func contents(_ descriptor: Int32) throws(Problem) -> (content: [UInt8], stamp: Stamp) {
        let status = try status(descriptor)
        guard status.st_mode & S_IFMT == S_IFREG else {
            // What ssh is told where nothing is to be kept.
            if path == "/dev/null" { return ([], Stamp(status)) }
            throw status.st_mode & S_IFMT == S_IFDIR ? Problem(at: path, EISDIR) : Problem("\(path): it is no file, but a device or a pipe")
        }
        guard status.st_size <= Self.maximumSize else { throw Problem("\(path): it is too large for known hosts") }
        var content: [UInt8] = []
        content.reserveCapacity(Int(status.st_size))
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(content.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Problem(at: path) }
            if count == 0 { break }
            content += buffer[..<count]
        }
        return (content, Stamp(status))
    }

    private func status(_ descriptor: Int32) throws(Problem) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Problem(at: path) }
        return status
    }

    // MARK: Appending

    /// What became of keys that were to be added.
    struct Addition {
        /// The file's state afterwards.
        var stamp: Stamp?
        var problem: Problem?
        /// The places, among the keys that were given, of those that are not in the file now.
        var lost: Set<Int> = []
    }

    /// Adds lines for keys, in one write; makes the file and its folder as ssh does.
    ///
    /// What someone else has added since is neither added twice nor contradicted: a host that has got another key in the meantime keeps that
    /// one.
    ///
    /// - Parameters:
    ///   - keys: The hosts and their keys.
    ///   - stamp: The file's state when it was last read or written here.
    ///   - besideOthers: Whether a host may get a key beside others that it has.
    func add(_ keys: [(name: HostKeyName, key: HostKey)], since stamp: Stamp?, besideOthers: Bool = false) -> Addition {
        var known = stamp
        do throws(Problem) {
            // Whoever puts a new file in the place of this one while it is written to has read it before: one more turn adds what that lost.
            for _ in 0..<5 {
                let descriptor = try lockedDescriptor()
                defer { close(descriptor) }
                var kept = Array(keys.indices)
                var lost: [Int] = []
                if try Stamp(status(descriptor)) != known {
                    let hosts = KnownHosts(try contents(descriptor).content, file: path).resolving(keys.map(\.name))
                    kept = keys.indices.filter { !hosts.entries(keys[$0].name).map(\.key).contains(keys[$0].key) }
                    if !besideOthers {
                        lost = kept.filter { !hosts.isUnknown(keys[$0].name) }
                        kept = kept.filter { hosts.isUnknown(keys[$0].name) }
                    }
                }
                try append(kept.map { KnownHosts.line(keys[$0].name, key: keys[$0].key) }.joined(), to: descriptor)
                let written = Stamp(try status(descriptor))
                known = written
                guard let current = stampOfPath(), current.isOfSameFile(as: written) else { continue }
                let names = lost.map { keys[$0].name.text }.joined(separator: ", ")
                let problem = lost.isEmpty ? nil : Problem("\(path): another key was added meanwhile for \(names)")
                return Addition(stamp: written, problem: problem, lost: Set(lost))
            }
            throw Problem("\(path): it was replaced again and again while it was written to")
        } catch {
            return Addition(problem: error, lost: Set(keys.indices))
        }
    }

    /// Opens the file and takes its lock, for the file that has the name then.
    private func lockedDescriptor() throws(Problem) -> Int32 {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { mkdir(String(path[..<slash]), 0o700) }
        while true {
            let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Problem(at: path) }
            lock(descriptor)
            var status = stat()
            if fstat(descriptor, &status) == 0, let current = stampOfPath(), current.isOfSameFile(as: Stamp(status)) { return descriptor }
            close(descriptor)
        }
    }

    /// Waits for the lock, but not for one that never comes: a single write that appends is whole without it too.
    private func lock(_ descriptor: Int32) {
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR) { return }
            poll(nil, 0, 10)
        }
    }

    private func stampOfPath() -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? Stamp(status) : nil
    }

    private func append(_ text: String, to descriptor: Int32) throws(Problem) {
        guard !text.isEmpty else { return }
        let bytes = Array(((endsInMidLine(descriptor) ? "\n" : "") + text).utf8)
        try write(bytes, to: descriptor)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(Problem) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Problem(at: path) }
            written += count
        }
    }

    /// Whether the file's last line lacks its end, so that an appended line would be glued to it.
    private func endsInMidLine(_ descriptor: Int32) -> Bool {
        let size = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        guard size > 0, pread(descriptor, &last, 1, size - 1) == 1 else { return false }
        return last != UInt8(ascii: "\n")
    }

    // MARK: Rewriting

    /// Puts a changed content in the file's place, whole or not at all; a link stays a link, and the permissions stay.
    ///
    /// - Parameter edit: Makes the new content of the old one; `nil` leaves the file alone.
    /// - Returns: Whether it was changed.
    func rewrite(_ edit: ([UInt8]) -> [UInt8]?) throws(Problem) -> Bool {
        let descriptor = try lockedDescriptor()
        defer { close(descriptor) }
        let (content, before) = try contents(descriptor)
        guard let changed = edit(content) else { return false }
        guard let resolved = realpath(path, nil) else { throw Problem(at: path) }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var template = Array("\(target).XXXXXX".utf8CString)
        let temporary = mkstemp(&template)
        guard temporary >= 0 else { throw Problem(at: target) }
        defer { close(temporary) }
        do throws(Problem) {
            let status = try status(descriptor)
            // Only root can give a file away, and only root would have to.
            _ = fchown(temporary, status.st_uid, status.st_gid)
            guard fchmod(temporary, status.st_mode & 0o7777) == 0 else { throw Problem(at: path) }
            try write(changed, to: temporary)
            guard fsync(temporary) == 0 else { throw Problem(at: path) }
            // ssh takes no lock.
            guard Stamp(try self.status(descriptor)) == before else {
                throw Problem("\(path): someone else has written to it meanwhile; try again")
            }
            guard rename(template, target) == 0 else { throw Problem(at: path) }
        } catch {
            unlink(template)
            throw error
        }
        return true
    }
}

/// write(2), under a name that the type's own `write` does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
