#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

int muster_pipe(int ends[2]) {
#if defined(__APPLE__)
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#else
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
#endif
}

/// Opens the other end of a terminal.
static int open_other(int mine, unsigned short columns, unsigned short rows) {
    char name[128];
    struct winsize size;
    int theirs;
    if (grantpt(mine) != 0 || unlockpt(mine) != 0 || ptsname_r(mine, name, sizeof name) != 0) return -1;
    theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (theirs < 0) return -1;
    memset(&size, 0, sizeof size);
    size.ws_col = columns;
    size.ws_row = rows;
    if (ioctl(theirs, TIOCSWINSZ, &size) != 0) {
        int number = errno;
        close(theirs);
        errno = number;
        return -1;
    }
    return theirs;
}

int muster_terminal(unsigned short columns, unsigned short rows, int *mine, int *theirs) {
#if defined(__APPLE__)
    *mine = posix_openpt(O_RDWR | O_NOCTTY);
    if (*mine >= 0) fcntl(*mine, F_SETFD, FD_CLOEXEC);
#else
    *mine = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
#endif
    if (*mine < 0) return errno;
    *theirs = open_other(*mine, columns, rows);
    if (*theirs < 0) {
        int number = errno;
        close(*mine);
        return number;
    }
    return 0;
}

int muster_spawn(
    const char *program, char *const arguments[], char *const environment[], int input, int output, int errors, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    int status;
    short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    // A socket that lived on in the child would never look closed to its peer.
#if defined(__APPLE__)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#elif defined(__GLIBC__)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, flags);
    status = posix_spawnp(child, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

#if defined(__APPLE__)
#define MUSTER_SEND_FLAGS 0
#else
#define MUSTER_SEND_FLAGS MSG_NOSIGNAL
#endif

int muster_socket_pair(int ends[2]) {
#if defined(__APPLE__)
    int yes = 1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return errno;
    for (int end = 0; end < 2; end++) {
        fcntl(ends[end], F_SETFD, FD_CLOEXEC);
        setsockopt(ends[end], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
    }
    return 0;
#else
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
#endif
}

int muster_tell(int socket, const void *bytes, size_t count) {
    return send(socket, bytes, count, MUSTER_SEND_FLAGS | MSG_DONTWAIT) < 0 ? errno : 0;
}

static int send_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(descriptor, bytes, count, MUSTER_SEND_FLAGS);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return -1;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 0;
}

/// Sends a descriptor along with one byte, which there has to be (unix(7)).
static int send_descriptor(int connection, int descriptor) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    char zero = 0;
    struct iovec byte = {&zero, 1};
    struct msghdr message;
    struct cmsghdr *header;
    ssize_t sent;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    message.msg_iov = &byte;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    do sent = sendmsg(connection, &message, MUSTER_SEND_FLAGS);
    while (sent < 0 && errno == EINTR);
    return sent == 1 ? 0 : -1;
}

int muster_hand_over(const char *path, const void *bytes, size_t count, int copies, int *control, int *stream) {
    struct sockaddr_un address;
    struct timeval patience = {5, 0};
    int pair[2] = {-1, -1};
    int connection, status, number;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
    strcpy(address.sun_path, path);
#if defined(__APPLE__)
    int yes = 1;
    connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connection < 0) return errno;
    fcntl(connection, F_SETFD, FD_CLOEXEC);
    setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
    status = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    if (status == 0) {
        fcntl(pair[0], F_SETFD, FD_CLOEXEC);
        fcntl(pair[1], F_SETFD, FD_CLOEXEC);
        setsockopt(pair[0], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
    }
#else
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return errno;
    status = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
#endif
    if (status == 0) status = setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (status == 0) {
        do status = connect(connection, (struct sockaddr *)&address, sizeof address);
        while (status != 0 && errno == EINTR);
    }
    if (status == 0) status = send_all(connection, bytes, count);
    while (status == 0 && copies-- > 0) status = send_descriptor(connection, pair[1]);
    number = errno;
    if (pair[1] >= 0) close(pair[1]);
    if (status != 0) {
        if (pair[0] >= 0) close(pair[0]);
        close(connection);
        return number;
    }
    *control = connection;
    *stream = pair[0];
    return 0;
}
