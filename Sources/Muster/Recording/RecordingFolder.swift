import MusterConsole
import MusterInventory
import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder that a run's recordings go to.
final class RecordingFolder: Sendable {
    private let path: String
    private let program: String
    /// How many recordings a name has in this run: a device may be logged in to more than once.
    private let names = Mutex<[String: Int]>([:])

    private init(path: String, program: String) {
        self.path = path
        self.program = program
    }

    /// Makes the folder where need be, and sees that files can be written in it.
    ///
    /// - Throws: `MusterError` with code `usage`, when they cannot; `CancellationError`.
    static func open(_ options: RecordingOptions) async throws -> RecordingFolder {
        let path = options.folder
        let reason = try await Blocking.run { prepare(path) }
        if let reason {
            throw MusterError(
                .usage, phase: .resolve, device: "",
                message: "sessions cannot be recorded in '\(path.escapedForMessage())': \(reason)",
                hint: "give a folder that files can be written in")
        }
        return RecordingFolder(path: path.last == "/" ? String(path.dropLast()) : path, program: options.program)
    }

    /// Why files cannot be written in the folder, or nil.
    private static func prepare(_ path: String) -> String? {
        guard !path.isEmpty else { return "the folder has no name" }
        for end in path.indices.dropFirst() where path[end] == "/" { _ = mkdir(String(path[..<end]), 0o700) }
        if mkdir(path, 0o700) != 0, errno != EEXIST { return systemReason() }
        // A full disk or one that is read-only shows only when something is written.
        let probe = "\(path)/.muster-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        do throws(RecordingFailure) {
            let file = RecordingFile(path: probe)
            defer {
                file.close()
                unlink(probe)
            }
            try file.write([0x0A])
            return nil
        } catch {
            return error.reason
        }
    }

    /// Begins to record a device's session.
    ///
    /// - Parameters:
    ///   - wantedMode: the mode that commands are to be run in, where it was said.
    ///   - credentials: what is answered when the device asks, in the terminal, who is there.
    ///   - events: told when the recording is not whole in the end.
    func record(
        _ device: Device, platform: Platform, wantedMode: String?, credentials: LoginCredentials?,
        events: @escaping @Sendable (RunEvent) -> Void
    ) -> DeviceRecording {
        let file = RecordingFile(path: "\(path)/\(name(for: device.name))")
        var header = RecordingHeader(
            host: device.name, address: device.address, port: device.port, transport: device.transport.rawValue, platform: platform.name,
            terminal: platform.pty)
        header.login = credentials.map {
            RecordingHeader.Login(user: $0.user, hasPassword: $0.password != nil, isExpected: $0.isExpected)
        }
        header.mode = wantedMode
        header.secrets = device.secrets.keys.sorted()
        header.started = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        header.program = program
        let recorder = SessionRecorder(
            header: header, secrets: (device.jump + [device]).flatMap(\.knownSecrets),
            sink: SessionRecorder.Sink(write: { bytes throws(RecordingFailure) in try file.write(bytes) }, close: { file.close() }))
        return DeviceRecording(recorder: recorder, host: device.name, events: events)
    }

    private func name(for host: String) -> String {
        let base = Self.fileName(for: host)
        let count = names.withLock { names in
            names[base, default: 0] += 1
            return names[base, default: 1]
        }
        return (count == 1 ? base : "\(base)~\(count)") + ".jsonl"
    }

    /// A host's name as a file's: no other host has the same, and it lies nowhere but in its folder.
    static func fileName(for host: String) -> String {
        var name = ""
        for (index, byte) in host.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where index > 0: name += "."
            default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        // A file's name has 255 bytes at most; a name that is cut has a sum of the whole behind it.
        guard name.utf8.count > 200 else { return name.isEmpty ? "%" : name }
        var sum: UInt64 = 5381
        for byte in host.utf8 { sum = sum &* 33 &+ UInt64(byte) }
        return "\(name.prefix(180))%%\(String(sum, radix: 16))"
    }
}

/// A recording under way.
struct DeviceRecording: Sendable {
    let recorder: SessionRecorder
    let host: String
    let events: @Sendable (RunEvent) -> Void

    /// Writes the rest; a recording that is not whole is a warning, and never touches the result.
    func finish() async {
        guard let problem = await recorder.finish() else { return }
        events(.warning(host: host, "its recording is not whole: \(problem)"))
    }
}

extension Device {
    /// All that must not be in a file, of this device.
    fileprivate var knownSecrets: [String] {
        var known = secrets.values.map { $0.reveal() } + [passphrase?.reveal()].compactMap { $0 }
        for credential in allCredentials {
            switch credential.kind {
            case .password(let password): known.append(password.reveal())
            case .identity(_, let passphrase?): known.append(passphrase.reveal())
            case .identity, .agent, .oneTimeCode: break
            }
        }
        return known
    }
}
