#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many devices at once the process's open-file limit allows.
enum FileLimit {
    /// Files that are not devices: standard streams, event loops, the known hosts file, the inventory's commands.
    static let reserve = 64

    /// Raises the soft limit to the hard one and returns how many devices fit.
    static func raise(filesPerDevice: Int = 1) -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 256 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            // The hard limit may be "none", which macOS refuses for open files; OPEN_MAX is what it takes there.
            if setrlimit(resource, &raised) != 0 {
                raised.rlim_cur = min(limit.rlim_max, 10_240)
                _ = setrlimit(resource, &raised)
            }
            _ = getrlimit(resource, &limit)
        }
        return devices(openFiles: Int(clamping: limit.rlim_cur), each: filesPerDevice)
    }

    /// How many devices fit into so many open files; one that is no child process needs one.
    static func devices(openFiles: Int, each: Int = 1) -> Int {
        max(1, (openFiles - reserve) / each)
    }
}
