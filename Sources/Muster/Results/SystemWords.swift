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

/// An error for people: of Foundation's file errors the path and the system's words, of others what they say of themselves.
func systemWords(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    let words = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "code \(error.code.rawValue)"
    return (error.filePath.map { "\($0): " } ?? "") + words
}
