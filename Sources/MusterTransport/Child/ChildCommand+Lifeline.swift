extension ChildCommand {
    /// The same program, but ended when its standard input ends: for one that would not look at it.
    ///
    /// Whatever happens to this process, a child like that does not outlive it. A shell starts the program, with nothing to read, and waits for
    /// it; what the shell is sent meanwhile is the program's affair, and its status is the program's.
    package var endedWithItsInput: ChildCommand {
        let script = """
            trap : TERM
            exec 3<&0
            "$@" 3<&- </dev/null & child=$!
            { read -r line <&3; kill "$child"; } >/dev/null 2>&1 & watcher=$!
            exec 3<&-
            while :; do
                wait "$child"
                status=$?
                kill -0 "$child" 2>/dev/null || break
            done
            kill "$watcher" 2>/dev/null
            exit "$status"
            """
        return ChildCommand(program: "/bin/sh", arguments: ["-c", script, "sh", program] + arguments, environment: environment)
    }
}
