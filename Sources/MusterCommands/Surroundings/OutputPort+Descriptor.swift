#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension OutputPort {
    /// The stream behind a descriptor of the process.
    package static func descriptor(_ descriptor: Int32) -> OutputPort {
        OutputPort(
            isTerminal: isatty(descriptor) == 1, width: { terminalWidth(of: descriptor) },
            write: { bytes throws(OutputClosed) in try writeAll(bytes, to: descriptor) })
    }

    /// The terminal's width, else what the shell's COLUMNS says, else 80.
    private static func terminalWidth(of descriptor: Int32) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if let columns = getenv("COLUMNS"), let width = Int(String(cString: columns)), width > 0 { return width }
        return 80
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(OutputClosed) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0) }
            if count > 0 {
                written += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Whoever shares the descriptor may have made it non-blocking.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, -1)
            default: throw OutputClosed(number: errno)
            }
        }
    }
}

/// The system's `write`, which the port's own member of that name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
