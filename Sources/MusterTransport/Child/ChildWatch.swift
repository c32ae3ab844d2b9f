import CProcess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Sees that children and temporary folders do not outlive this process, whatever ends it: SIGKILL and a crash leave it no time to do so itself.
///
/// A shell reads who has been started and who has ended; where its input ends, it ends those that are left. One for all children, and none
/// before the first.
package final class ChildWatch: Sendable {
    /// The one for all children of this process.
    package static let shared = ChildWatch()

    /// What the shell is told over; nil when it could not be started, and children are on their own.
    private let socket: Int32?
    let pid: pid_t

    private static let script = """
        trap '' HUP INT TERM QUIT PIPE
        while read -r sign what; do
            case $sign in
                +) eval "p$what=1" ;;
                -) unset "p$what" ;;
                /) set -- "$@" "$what" ;;
            esac
        done
        { for pid in $(set | sed -n 's/^p\\([0-9][0-9]*\\)=.*/\\1/p'); do kill -s TERM -- "-$pid"; done
        [ $# -eq 0 ] || rm -rf -- "$@"; } 2>/dev/null
        """

    /// Starts the shell; blocks for as long as the system takes.
    init() {
        var ends: [Int32] = [-1, -1]
        var child: pid_t = 0
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { if null >= 0 { close(null) } }
        guard null >= 0, muster_socket_pair(&ends) == 0 else {
            (socket, pid) = (nil, 0)
            return
        }
        let words: [String] = ["sh", "-c", Self.script, "muster"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { free(environment[0]) }
        let status = muster_spawn("/bin/sh", &arguments, &environment, ends[1], null, null, &child)
        close(ends[1])
        guard status == 0 else {
            close(ends[0])
            (socket, pid) = (nil, 0)
            return
        }
        (socket, pid) = (ends[0], child)
    }

    /// Has a child ended with this process, and all that belong to its group.
    func add(_ child: pid_t) { tell("+ \(child)\n") }

    /// Forgets a child that has ended.
    func remove(_ child: pid_t) { tell("- \(child)\n") }

    /// Has a folder removed with this process.
    package func add(folder: String) {
        if !folder.contains("\n") { tell("/ \(folder)\n") }
    }

    /// A shell that has gone, or does not read, is no reason to stop.
    private func tell(_ line: String) {
        guard let socket else { return }
        let bytes = Array(line.utf8)
        _ = muster_tell(socket, bytes, bytes.count)
    }

    /// What the end of this process does.
    func abandon() {
        if let socket { close(socket) }
    }
}
