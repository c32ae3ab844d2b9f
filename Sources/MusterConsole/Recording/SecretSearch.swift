/// Finds secrets in bytes.
struct SecretSearch: Sendable, Equatable {
    /// The longest first.
    private(set) var secrets: [[UInt8]] = []
    /// What a secret can begin with; empty while there is none.
    private var firsts: [Bool] = []

    init(_ secrets: [[UInt8]] = []) {
        for secret in secrets { add(secret) }
    }

    /// From here on `secret` is found as well; an empty one is none.
    mutating func add(_ secret: [UInt8]) {
        guard let first = secret.first, !secrets.contains(secret) else { return }
        secrets.insert(secret, at: secrets.firstIndex { $0.count < secret.count } ?? secrets.count)
        if firsts.isEmpty { firsts = [Bool](repeating: false, count: 256) }
        firsts[Int(first)] = true
    }

    /// `bytes` with `mark` in the place of each secret.
    func replaced(_ bytes: [UInt8], by mark: String) -> [UInt8] { replaced(bytes, by: mark, isLast: true).clean }

    /// The same, but for an end that may be the beginning of a secret where more bytes follow.
    func replaced(_ bytes: [UInt8], by mark: String, isLast: Bool) -> (clean: [UInt8], rest: [UInt8]) {
        let (places, open) = places(in: bytes, isLast: isLast)
        let end = open ?? bytes.count
        guard !places.isEmpty || end < bytes.count else { return (bytes, []) }
        var result: [UInt8] = []
        result.reserveCapacity(end)
        var start = 0
        for place in places {
            result += bytes[start..<place.lowerBound]
            result.append(contentsOf: mark.utf8)
            start = place.upperBound
        }
        return (result + bytes[start..<end], Array(bytes[end...]))
    }

    /// Where the secrets are, and from where on it is open whether one begins.
    func places(in bytes: [UInt8], isLast: Bool) -> (places: [Range<Int>], open: Int?) {
        guard !secrets.isEmpty else { return ([], nil) }
        var places: [Range<Int>] = []
        var index = 0
        bytes.withUnsafeBufferPointer { bytes in
            while index < bytes.count {
                guard firsts[Int(bytes[index])] else {
                    index += 1
                    continue
                }
                let rest = bytes[index...]
                if !isLast, secrets.contains(where: { $0.count > rest.count && $0.starts(with: rest) }) { return }
                guard let secret = secrets.first(where: { rest.starts(with: $0) }) else {
                    index += 1
                    continue
                }
                places.append(index..<index + secret.count)
                index += secret.count
            }
        }
        return (places, index < bytes.count ? index : nil)
    }
}

/// Takes secrets out of bytes that come in pieces, also where one is spread over several.
struct SecretStream: Sendable {
    private var search = SecretSearch()
    private let mark: String
    /// The end of what came, where it may be the beginning of a secret.
    private var held: [UInt8] = []

    init(mark: String) {
        self.mark = mark
    }

    /// Takes a piece in, and gives out what is certain to be clean.
    ///
    /// - Parameters:
    ///   - secrets: what is taken out from here on.
    ///   - isLast: nothing comes after it.
    mutating func pass(_ bytes: [UInt8], without secrets: [[UInt8]], isLast: Bool = false) -> [UInt8] {
        for secret in secrets { search.add(secret) }
        guard !search.secrets.isEmpty else { return bytes }
        let (clean, rest) = search.replaced(held + bytes, by: mark, isLast: isLast)
        held = rest
        return clean
    }
}
