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

/// A private key file, read once in a run and decrypted once, however many devices are logged in to with it.
package final class KeyFile: Sendable {
    package let path: String
    /// Its public half, as far as the file or the `.pub` beside it tells.
    package let publicKey: PublicKey?
    /// The certificate beside it.
    package let certificate: PublicKey?
    private let container: Result<KeyContainer, KeyProblem>

    private enum Lock {
        case opening([@Sendable (Result<UnlockedKey, KeyProblem>) -> Void])
        case tried(Result<UnlockedKey, KeyProblem>)
    }
    private struct State {
        var locks: [String: Lock] = [:]
        var decryptions = 0
        /// What a person gave, and decrypts it.
        var answer: String?
    }
    private let state = Mutex(State())

    init(path: String, container: Result<KeyContainer, KeyProblem>, publicKey: PublicKey?, certificate: PublicKey? = nil) {
        self.path = path
        self.container = container
        isEncrypted = (try? container.get().isEncrypted) ?? false
        self.publicKey = publicKey
        self.certificate = certificate
    }

    // MARK: Reading

    /// Reads a key file and what lies beside it; blocks.
    ///
    /// A path of a public key stands for the private key beside it, as for ssh: an agent may have that.
    package static func read(path: String) -> KeyFile {
        let name = path.hasSuffix(".pub") ? String(path.dropLast(4)) : path
        let container = Result { () throws(KeyProblem) in try KeyContainer(privateBytes(path: name)) }
        let inFile = try? container.get().publicKey
        let beside = publicLine(path: name + ".pub")
        let certificate = publicLine(path: name + "-cert.pub").flatMap { $0.isCertificate ? $0 : nil }
        return KeyFile(
            path: name, container: container, publicKey: inFile ?? beside ?? certificate?.plain, certificate: certificate)
    }

    /// Reads a file that holds one public key or certificate; blocks.
    package static func publicLine(path: String) -> PublicKey? {
        guard let bytes = try? limitedBytes(path: path) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.lazy.compactMap { PublicKey(line: String($0)) }.first
    }

    /// The content of a file that ssh would use: one that only its owner can read.
    private static func privateBytes(path: String) throws(KeyProblem) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        // What is no file has a mode that says nothing.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is no file of a key's size") }
        guard status.st_uid != getuid() || status.st_mode & 0o077 == 0 else { throw .openToOthers(mode: UInt32(status.st_mode & 0o777)) }
        return try limitedBytes(path: path)
    }

    /// Whatever is at the path is not read for ever.
    private static func limitedBytes(path: String) throws(KeyProblem) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .missing }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20 else { throw .unreadable("it is no file of a key's size") }
        guard access(path, R_OK) == 0, let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw .unreadable(String(cString: strerror(errno)))
        }
        return [UInt8](data)
    }

    // MARK: Using

    /// Why it cannot be used with any passphrase; `nil` when it can, or may.
    package var problem: KeyProblem? {
        if case .failure(let problem) = container { problem } else { nil }
    }

    /// Whether it takes a passphrase.
    package let isEncrypted: Bool

    /// How often it was decrypted, or that was tried.
    package var decryptions: Int { state.withLock { $0.decryptions } }

    /// The passphrase that a person has given.
    package var answer: String? {
        get { state.withLock { $0.answer } }
        set { state.withLock { $0.answer = newValue } }
    }

    /// What came of getting the key out with this passphrase; `nil` when nobody has tried.
    package func unlocked(passphrase: String?) -> Result<UnlockedKey, KeyProblem>? {
        let lock = isEncrypted ? passphrase ?? "" : ""
        return state.withLock { state in if case .tried(let result)? = state.locks[lock] { result } else { nil } }
    }

    /// Gets the key out, on the thread pool and once for each passphrase.
    package func unlock(passphrase: String?) async throws(KeyProblem) -> UnlockedKey {
        let result = await withCheckedContinuation { continuation in
            unlock(passphrase: passphrase) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func unlock(passphrase: String?, then done: @escaping @Sendable (Result<UnlockedKey, KeyProblem>) -> Void) {
        let container: KeyContainer
        switch self.container {
        case .failure(let problem): return done(.failure(problem))
        case .success(let value): container = value
        }
        guard !isEncrypted || passphrase != nil else { return done(.failure(.needsPassphrase)) }
        // One that is not needed makes no difference.
        let lock = isEncrypted ? passphrase ?? "" : ""
        let known = state.withLock { state -> Lock? in
            let known = state.locks[lock]
            switch known {
            case nil:
                state.locks[lock] = .opening([done])
                if isEncrypted { state.decryptions += 1 }
            case .opening(let waiting): state.locks[lock] = .opening(waiting + [done])
            case .tried: break
            }
            return known
        }
        switch known {
        case .tried(let result): done(result)
        case .opening: break
        case nil:
            Blocking.submit {
                let result = Result { () throws(KeyProblem) in try container.unlock(passphrase: passphrase) }
                self.finish(lock, result)
            }
        }
    }

    private func finish(_ lock: String, _ result: Result<UnlockedKey, KeyProblem>) {
        let waiting = state.withLock { state -> [@Sendable (Result<UnlockedKey, KeyProblem>) -> Void] in
            defer { state.locks[lock] = .tried(result) }
            guard case .opening(let waiting)? = state.locks[lock] else { return [] }
            return waiting
        }
        for done in waiting { done(result) }
    }
}

extension KeyFile: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The path alone: the file has a key and the state has passphrases.
    package var description: String { "key file \(path)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
