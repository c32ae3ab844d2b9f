/// How sessions are recorded.
public struct RecordingOptions: Sendable, Hashable {
    /// The folder for the files, one a device; made when it is not there, for its owner alone.
    ///
    /// A file is named after its device; one that is there from an earlier run is replaced.
    public var folder: String
    /// What the files name as their writer, with its version.
    public var program: String

    /// Makes options.
    ///
    /// - Parameters:
    ///   - folder: The folder for the files.
    ///   - program: What the files name as their writer.
    public init(folder: String, program: String = "muster") {
        self.folder = folder
        self.program = program
    }
}
