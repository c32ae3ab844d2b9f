import MusterTransport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where output goes that is too long for memory; the folder is made when the first file is.
///
/// A configuration may have passwords in it: the folder and the files are their owner's alone.
package final class OutputFolder: Sendable {
    private let path: Mutex<String?>
    private let isGiven: Bool

    /// - Parameter path: the folder; nil for a new one where the system keeps temporary files.
    package init(_ path: String? = nil) {
        self.path = Mutex(path)
        isGiven = path != nil
    }

    /// A new file that begins with `name`; blocks.
    func makeFile(named name: String) throws(OutputProblem) -> (descriptor: Int32, path: String) {
        let folder = try made()
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        for number in 1...9999 {
            let file = "\(folder)/\(name)\(number == 1 ? "" : "-\(number)").txt"
            let descriptor = open(file, flags, 0o600)
            if descriptor >= 0 { return (descriptor, file) }
            guard errno == EEXIST else { throw OutputProblem("\(file) cannot be made: \(String(cString: strerror(errno)))") }
        }
        throw OutputProblem("there are too many files in \(folder)")
    }

    private func made() throws(OutputProblem) -> String {
        let result: Result<String, OutputProblem> = path.withLock { path in
            if let path {
                // Another device of the run may have made it.
                if isGiven, mkdir(path, 0o700) != 0, errno != EEXIST {
                    return .failure(OutputProblem("the folder \(path) cannot be made: \(String(cString: strerror(errno)))"))
                }
                return .success(path)
            }
            let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
            // A temporary folder that mkdtemp(3) makes is its owner's alone.
            var template = Array("\(parent.isEmpty ? "/tmp" : parent)/muster-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                return .failure(OutputProblem("no folder can be made in \(parent): \(String(cString: strerror(errno)))"))
            }
            let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = made
            return .success(made)
        }
        return try result.get()
    }
}

/// Why output could not be written.
package struct OutputProblem: Error, Sendable, Equatable {
    package var text: String

    init(_ text: String) {
        self.text = text
    }
}
