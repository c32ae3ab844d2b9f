import Muster
import Testing

@testable import MusterCommands

/// What is said before anything is connected to, or of what could not be had.
@Suite(.timeLimit(.minutes(2))) struct NoticeTests {
    private let inventory = "defaults: {user: a, password: {command: [sleep, \"3000\"]}}\nhosts: {r1: {}}"

    /// Runs with a clock that has only one of the pauses pass.
    private func run(_ arguments: [String], passing pause: Duration, _ world: World, folder: String) async -> Int32 {
        var surroundings = world.all
        surroundings.sleep = { if $0 != pause { try await Task.sleep(for: .seconds(3000)) } }
        return await MusterTool.run(["run", "-i", "\(folder)/lab.yaml"] + arguments + ["x"], in: surroundings)
    }

    @Test func deadlineEndsTheWait_andNamesTheCommand() async throws {
        try await withFiles(["lab.yaml": inventory]) { folder in
            let world = World()
            #expect(await run(["--deadline", "5s"], passing: .seconds(5), world, folder: folder) == 65)
            #expect(world.errors.contains("within the 5.0s of --deadline there was no answer of the command 'sleep'"), "\(world.errors)")
            #expect(!world.errors.contains("3000"), "the arguments may be secrets")
            #expect(world.runs == 0)
        }
    }

    @Test func aCommandThatTakesAWhile_isNamed() async throws {
        let text = inventory.replacing("[sleep, \"3000\"]", with: "[sleep, \"1\"]")
        try await withFiles(["lab.yaml": text]) { folder in
            let world = World()
            // It prints nothing: what counts is what was said before.
            #expect(await run([], passing: .seconds(3), world, folder: folder) == 65)
            #expect(world.errors.contains("waiting for the command 'sleep'\n"), "\(world.errors)")
        }
    }

    @Test func keysOfAFile_wantToKnowWhose() async {
        let world = World()
        #expect(await world.muster("keys", "accept", "--yes", "--file", "scanned") == 64)
        #expect(world.errors.contains("Name the devices"), "\(world.errors)")
    }

    @Test func deviceWithoutAKey_isOneThatFailed() {
        let device = Device(name: "r1", platform: "generic", user: "")
        guard case .failure(let error) = HostKeyScan(keys: []).orNone(of: device) else { return #expect(Bool(false), "it has no key") }
        #expect(error.message == "none of its host keys could be had: it offers none")
    }

    @Test func blockThatIsLeftOut_isToldOnce() async throws {
        try await withFiles(["lab.yaml": "hosts: {r1: {}}"]) { folder in
            let world = World(sshConfig: "Match exec \"true\"\n  User x\nSendEnv LANG\n")
            #expect(await world.muster("run", "-i", "\(folder)/lab.yaml", "x") == 0)
            #expect(world.errors.contains("warning: /home/alice/.ssh/config:1: Match exec is not evaluated"), "\(world.errors)")
            #expect(!world.errors.contains("LANG"))
        }
    }
}
