/// Why the lab could not be built or started.
package enum LabError: Error, CustomStringConvertible, Sendable {
    /// A fault's text form was not understood.
    case fault(String, expected: String)
    /// A device's address is not one that the lab can answer at.
    case address(String, device: String)
    /// Two devices have the same address.
    case duplicate(address: String, first: String, second: String)
    /// The lab could not listen.
    case listen(port: UInt16, reason: String)
    /// A step of the SSH library failed.
    case ssh(String)
    /// An inventory could not be read or written.
    case inventory(path: String, reason: String)
    /// A recording could not be read.
    case recording(path: String, line: Int?, reason: String)
    /// A file of devices as data could not be read.
    case script(path: String, line: Int?, reason: String)

    package var description: String {
        switch self {
        case .fault(let text, let expected): "unknown fault '\(text)': expected \(expected)"
        case .address(let address, let device): "device '\(device)': expected an address in 127.0.0.0/8, found '\(address)'"
        case .duplicate(let address, let first, let second): "devices '\(first)' and '\(second)' both have the address \(address)"
        case .listen(let port, let reason): "could not listen on port \(port): \(reason)"
        case .ssh(let reason): "the SSH library failed: \(reason)"
        case .inventory(let path, let reason): "inventory '\(path)': \(reason)"
        case .script(let path, let line, let reason): "devices '\(path)'\(line.map { ", line \($0)" } ?? ""): \(reason)"
        case .recording(let path, let line, let reason): "recording '\(path)'\(line.map { ", line \($0)" } ?? ""): \(reason)"
        }
    }
}
