#ifndef MUSTER_CPROCESS_H
#define MUSTER_CPROCESS_H
#include <sys/types.h>

// What Swift's view of the C library leaves out: calls that glibc declares for _GNU_SOURCE only.
// Each returns 0, or the error's number.

/// Makes a pipe whose ends no other program inherits: the first is read from, the second written to.
int muster_pipe(int ends[2]);

/// Makes a pair of connected sockets that no other program inherits, and that raise no SIGPIPE when they are written to with muster_tell.
int muster_socket_pair(int ends[2]);

/// Writes to a socket as much as goes without waiting.
int muster_tell(int socket, const void *bytes, size_t count);

/// Opens a terminal that becomes nobody's controlling one. No other program inherits its ends.
int muster_terminal(unsigned short columns, unsigned short rows, int *mine, int *theirs);

/// Starts a program, looked up in PATH, in a session of its own, with three streams, no other descriptors, no signal ignored and none blocked.
int muster_spawn(
    const char *program, char *const arguments[], char *const environment[], int input, int output, int errors, pid_t *child);

/// Connects to a Unix socket, sends bytes, and hands the process there one end of a new pair of sockets, as so many descriptors, each with a
/// byte that is zero. Blocks, five seconds at the most, while the process has too many that it has not let in.
///
/// `control` is the connection, `stream` the end of the pair that is kept; no other program inherits them.
int muster_hand_over(const char *path, const void *bytes, size_t count, int copies, int *control, int *stream);

/// Who is at the other end of a Unix socket, as SO_PEERCRED tells it on Linux.
struct muster_peer {
    pid_t process;
    uid_t user;
    gid_t group;
};

#endif
