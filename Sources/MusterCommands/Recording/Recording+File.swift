import MusterConsole
import MusterRendering

extension Recording {
    /// Reads a file; `-` is standard input.
    ///
    /// - Throws: `CommandFailure`: with status 64 where it can't be read, 65 where it is no recording.
    init(file: String, in surroundings: Surroundings) throws {
        let bytes: [UInt8]
        do {
            bytes = file == "-" ? try surroundings.input() : try readAll(path: file)
        } catch let error as ReadFailure {
            throw CommandFailure.usage("can't read \(file.oneLine): \(error.reason)")
        }
        do {
            try self.init(reading: bytes, file: file == "-" ? "standard input" : file.oneLine)
        } catch {
            throw CommandFailure.badData("\(error)")
        }
    }
}
