#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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
