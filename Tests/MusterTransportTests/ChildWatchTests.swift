import Foundation
import MusterTestSupport
import Testing

@testable import MusterTransport

/// What becomes of children when this process is gone.
@Suite(.timeLimit(.minutes(2))) struct ChildWatchTests {
    private func sleeper() throws -> SpawnedChild {
        // With one of its own, as ssh has for its way through a bastion.
        try SpawnedChild.spawn(
            ChildCommand(program: "/bin/sh", arguments: ["-c", "sleep 600 & wait"], environment: ["PATH": "/usr/bin:/bin"]))
    }

    @Test func childrenThatAreLeft_endWithTheProcess() async throws {
        try await withTemporaryFolder { folder in
            let left = folder + "/left behind"
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
            let watch = ChildWatch()
            let (first, second) = (try sleeper(), try sleeper())
            defer { second.discard() }
            watch.add(first.pid)
            watch.add(second.pid)
            watch.remove(second.pid)
            watch.add(folder: left)
            watch.abandon()
            var status: Int32 = 0
            #expect(waitpid(first.pid, &status, 0) == first.pid)
            #expect(status & 0x7F == SIGTERM)
            #expect(waitpid(watch.pid, &status, 0) == watch.pid)
            #expect(waitpid(second.pid, &status, WNOHANG) == 0)
            #expect(!FileManager.default.fileExists(atPath: left))
            for descriptor in [first.input, first.output, first.errors].compactMap(\.self) { close(descriptor) }
        }
    }
}
