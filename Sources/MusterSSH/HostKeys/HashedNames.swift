import CLibCrypto
import Dispatch
import Foundation
import Synchronization

/// The lines of known hosts files whose names are hashed, each with a salt of its own.
///
/// A look-up has to try them all. A run looks all its names up in one pass, in which a line's key is set up once for all names and a line
/// that has found its name is done.
struct HashedNames: Sendable {
    /// The length of a salt and of a digest: that of SHA-1.
    static let length = 20

    private struct Entry: Sendable {
        var salt: [UInt8]
        var digest: [UInt8]
        /// The line's place among all lines.
        var line: Int
    }

    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(salt: [UInt8], digest: [UInt8], line: Int) {
        entries.append(Entry(salt: salt, digest: digest, line: line))
    }

    /// The lines of each of these names; a name that has none is left out.
    ///
    /// Much work is shared out among the processor's cores; it blocks until all is done.
    func lines(of names: some Collection<String>) -> [String: [Int]] {
        guard !entries.isEmpty, !names.isEmpty else { return [:] }
        let texts = names.map { (name: $0, bytes: Array($0.utf8)) }
        let shares = max(1, min(ProcessInfo.processInfo.activeProcessorCount, entries.count * texts.count / 20_000))
        guard shares > 1 else { return Self.lines(of: texts, in: entries[...]) }
        let found = Mutex<[String: [Int]]>([:])
        let size = (entries.count + shares - 1) / shares
        DispatchQueue.concurrentPerform(iterations: shares) { share in
            let part = Self.lines(of: texts, in: entries[min(share * size, entries.count)..<min((share + 1) * size, entries.count)])
            found.withLock { $0.merge(part) { $0 + $1 } }
        }
        return found.withLock { $0 }
    }

    private static func lines(of texts: [(name: String, bytes: [UInt8])], in entries: ArraySlice<Entry>) -> [String: [Int]] {
        guard var mac = KeyedHash() else { return [:] }
        var found: [String: [Int]] = [:]
        for entry in entries {
            mac.setKey(entry.salt)
            if let text = texts.first(where: { mac.matches($0.bytes, digest: entry.digest) }) {
                found[text.name, default: []].append(entry.line)
            }
        }
        return found
    }
}

/// HMAC-SHA1 of many texts under one key, which is set up once for them all.
private struct KeyedHash: ~Copyable {
    private let context: OpaquePointer
    private var digest = [UInt8](repeating: 0, count: HashedNames.length)
    /// The next text is the first under its key, for which nothing has to be wound back.
    private var isFresh = false

    init?() {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        // The context keeps the algorithm.
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        let isSet = "SHA1".withCString { name in
            let parameters = [
                OSSL_PARAM_construct_utf8_string("digest", UnsafeMutablePointer(mutating: name), 0), OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_CTX_set_params(context, parameters) == 1
        }
        guard isSet else {
            EVP_MAC_CTX_free(context)
            return nil
        }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    mutating func setKey(_ key: [UInt8]) {
        EVP_MAC_init(context, key, key.count, nil)
        isFresh = true
    }

    mutating func matches(_ text: [UInt8], digest expected: [UInt8]) -> Bool {
        if !isFresh { EVP_MAC_init(context, nil, 0, nil) }
        isFresh = false
        EVP_MAC_update(context, text, text.count)
        var length = 0
        return EVP_MAC_final(context, &digest, &length, digest.count) == 1 && digest == expected
    }
}
