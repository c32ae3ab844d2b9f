#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Replaces inventory files, whole or not at all.
package enum InventoryFileEdit {
    /// Why a file was left as it was, in words.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Reads a file as text.
    package static func read(_ path: String) throws(Failure) -> String {
        var problems: [InventoryProblem] = []
        guard let file = InventoryFiles.files(at: path, problems: &problems).first, problems.isEmpty else {
            throw Failure(description: problems.first.map { "\($0)" } ?? "\(path): can't be read")
        }
        return file.text
    }

    /// Puts `text` in the place of a file that is still `before`; a link stays a link, and the permissions stay.
    package static func replace(_ path: String, _ before: String, by text: String) throws(Failure) {
        func failed(_ what: String = String(cString: strerror(errno))) -> Failure {
            Failure(description: "\(path): can't be written: \(what)")
        }
        guard let resolved = realpath(path, nil) else { throw failed() }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failed() }
        var template = Array("\(target).XXXXXX".utf8CString)
        let temporary = mkstemp(&template)
        guard temporary >= 0 else { throw failed() }
        defer { close(temporary) }
        do throws(Failure) {
            // Only root can give a file away, and only root would have to.
            _ = fchown(temporary, status.st_uid, status.st_gid)
            guard fchmod(temporary, status.st_mode & 0o7777) == 0 else { throw failed() }
            let bytes = Array(text.utf8)
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes { write(temporary, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failed() }
                written += count
            }
            guard fsync(temporary) == 0 else { throw failed() }
            guard try read(path) == before else { throw failed("someone else has written to it meanwhile; try again") }
            guard rename(template, target) == 0 else { throw failed() }
        } catch {
            unlink(template)
            throw error
        }
    }
}
