package import Muster

/// The form of the results on standard output.
package enum ResultForm: String, Sendable, CaseIterable {
    /// A header, then the output as the device printed it.
    case text
    /// One array.
    case json
    /// One object a line.
    case jsonl
}

/// Turns results into bytes, one after the other.
package struct ResultStream: Sendable {
    private let form: ResultForm
    private let text: TextForm
    private var isEmpty = true

    /// Makes a stream at its beginning.
    ///
    /// - Parameters:
    ///   - form: What to write.
    ///   - text: How to write text.
    package init(_ form: ResultForm, text: TextForm = TextForm()) {
        self.form = form
        self.text = text
    }

    /// The next bytes: one result, ended so that a reader has all of it.
    package mutating func next(_ result: DeviceResult) -> [UInt8] {
        switch form {
        case .text:
            let block = text.block(result)
            guard !block.isEmpty else { return [] }
            defer { isEmpty = false }
            return Array(((isEmpty ? "" : "\n") + block).utf8)
        case .json:
            var json = JSONWriter(indented: true, depth: 1)
            result.write(to: &json)
            defer { isEmpty = false }
            return Array((isEmpty ? "[\n  " : ",\n  ").utf8) + json.bytes
        case .jsonl:
            var json = JSONWriter(indented: false)
            result.write(to: &json)
            return json.bytes + [UInt8(ascii: "\n")]
        }
    }

    /// The last bytes, after all results.
    package func end() -> [UInt8] {
        guard form == .json else { return [] }
        return Array((isEmpty ? "[]\n" : "\n]\n").utf8)
    }
}
