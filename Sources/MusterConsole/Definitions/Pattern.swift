internal import CPCRE2

/// A compiled regular expression of the dialect that the scrapli definitions are written in.
///
/// That is PCRE2 without regard to case, `^` and `$` at every line, and CR, LF or CRLF as line ends. It works on bytes: what a device
/// prints need not be valid UTF-8.
package final class Pattern: @unchecked Sendable {
    // Unchecked, because the code block is written while it is compiled and only read afterwards; pcre2_match(3) may use one code block
    // from many threads as long as each brings its own match data, which `MatchScratch` is.
    private let code: OpaquePointer

    /// The expression as it was written.
    package let source: String

    /// How a match lies in the text that is searched.
    package enum Span: Sendable {
        /// Anywhere.
        case anywhere
        /// From the start of the text to its end, blanks after it allowed: what a prompt has to do.
        case whole
    }

    /// Compiles `source`.
    ///
    /// - Throws: `PatternProblem` with PCRE2's message and the place.
    package init(_ source: String, span: Span = .anywhere) throws(PatternProblem) {
        self.source = source
        var options = PCRE2_CASELESS | PCRE2_MULTILINE
        var before = ""
        var text = source
        if span == .whole {
            // An expression with no anchor of its own is meant to be searched for, so anything may stand before it on its first line.
            before = source.hasPrefix("^") || source.hasPrefix("(^") || source.hasPrefix("\\A") ? "(?:" : ".*?(?:"
            text = before + source + ")[ \\t]*"
            options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED
        }
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANYCRLF))
        var failure: Int32 = 0
        var offset = 0
        let compiled = Array(text.utf8).withUnsafeBufferPointer {
            pcre2_compile_8($0.baseAddress, $0.count, options, &failure, &offset, context)
        }
        guard let compiled else {
            throw PatternProblem(
                pattern: source, message: Self.message(failure), offset: min(max(0, offset - before.utf8.count), source.utf8.count))
        }
        code = compiled
        // Where the library has no compiler for this machine, pcre2_match interprets: slower, and the same answers.
        _ = pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
    }

    deinit {
        pcre2_code_free_8(code)
    }

    /// Where the expression first matches in `text`, or nil.
    ///
    /// A search that runs into the match limit (a catastrophic expression) finds nothing, and the scratch remembers it: what was asked is not known.
    package func match(in text: UnsafeRawBufferPointer, _ scratch: MatchScratch) -> Range<Int>? {
        scratch.searches += 1
        scratch.bytesSearched += text.count
        guard let base = text.baseAddress else { return matchEmpty(scratch) }
        return match(at: base.assumingMemoryBound(to: UInt8.self), count: text.count, scratch)
    }

    /// Where the expression first matches in `text`, or nil.
    package func match(in text: [UInt8], _ scratch: MatchScratch) -> Range<Int>? {
        text.withUnsafeBytes { match(in: $0, scratch) }
    }

    private func matchEmpty(_ scratch: MatchScratch) -> Range<Int>? {
        var nothing: UInt8 = 0
        return match(at: &nothing, count: 0, scratch)
    }

    private func match(at base: UnsafePointer<UInt8>, count: Int, _ scratch: MatchScratch) -> Range<Int>? {
        var result = pcre2_match_8(code, base, count, 0, 0, scratch.data, scratch.context)
        if result == PCRE2_ERROR_JIT_STACKLIMIT {
            result = pcre2_match_8(code, base, count, 0, PCRE2_NO_JIT, scratch.data, scratch.context)
        }
        guard result >= 0, let places = pcre2_get_ovector_pointer_8(scratch.data) else {
            if result != PCRE2_ERROR_NOMATCH, scratch.exhaustion == nil {
                let end = UnsafeRawBufferPointer(start: base, count: count).suffix(MatchScratch.Exhaustion.shown)
                scratch.exhaustion = MatchScratch.Exhaustion(
                    source: source, reason: Self.message(result), bytes: count, end: Array(end))
            }
            return nil
        }
        // `\K` can set a match's start behind its end.
        return min(places[0], places[1])..<places[1]
    }

    private static func message(_ code: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(code, &text, text.count)
        return length > 0 ? String(decoding: text.prefix(Int(length)), as: UTF8.self) : "error \(code)"
    }
}

/// An expression that does not compile.
package struct PatternProblem: Error, Sendable, Equatable {
    package var pattern: String
    /// PCRE2's own words.
    package var message: String
    /// Bytes into the expression.
    package var offset: Int
}

/// The memory that searches write to.
///
/// One for each console: it must not be used by two threads at once.
package final class MatchScratch {
    fileprivate let data: OpaquePointer?
    fileprivate let context: OpaquePointer?

    /// How many searches were made, and over how many bytes in all: what shows that the cost stays linear in the output.
    package internal(set) var searches = 0
    package internal(set) var bytesSearched = 0

    /// A search that was broken off.
    package struct Exhaustion: Sendable, Equatable {
        /// The expression.
        package var source: String
        /// PCRE2's own words.
        package var reason: String
        /// How long the text was, and how it ends.
        package var bytes: Int
        package var end: [UInt8]

        fileprivate static let shown = 400
    }

    /// The first search that was broken off.
    package fileprivate(set) var exhaustion: Exhaustion?

    package init() {
        // One pair of places is enough: only where the whole match lies is asked.
        data = pcre2_match_data_create_8(1, nil)
        context = pcre2_match_context_create_8(nil)
        // A prompt is found in some hundred steps. The limit ends one that explodes within milliseconds.
        pcre2_set_match_limit_8(context, 1_000_000)
        pcre2_set_depth_limit_8(context, 100_000)
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
    }
}
