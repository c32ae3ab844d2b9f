import Synchronization

/// Where the lines of a program go, once there is somebody to hear them.
final class LineOutlet: Sendable {
    private let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    func hear(_ listener: @escaping @Sendable (String) -> Void) {
        self.listener.withLock { $0 = listener }
    }

    func say(_ line: String) {
        listener.withLock { $0 }?(line)
    }
}
