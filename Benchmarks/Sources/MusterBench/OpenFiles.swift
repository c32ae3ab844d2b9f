import Foundation

/// The limit on open files, which what this program starts inherits.
enum OpenFiles {
    /// What the kernel allows on macOS, where the hard limit can be infinite.
    private static let ceiling: rlim_t = 10_240

    /// The limit now.
    static var limit: Int {
        var limit = rlimit()
        getrlimit(resource, &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the limit as far as the system lets everyone.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        #if os(Linux)
            limit.rlim_cur = limit.rlim_max
        #else
            limit.rlim_cur = min(limit.rlim_max, ceiling)
        #endif
        setrlimit(resource, &limit)
    }

    #if os(Linux)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
