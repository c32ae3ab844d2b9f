#ifndef MUSTER_CLIBSSH_SHIM_H
#define MUSTER_CLIBSSH_SHIM_H

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

// Sockets and threads for the device simulator. They live here because sockaddr casts, byte-order macros and pthread_attr_t differ
// between C libraries, which C hides and Swift would not.

// errno is a macro that Swift sees only through a C library's own module.
static inline int muster_lab_errno(void) {
    return errno;
}

static inline void muster_lab_cloexec(int fd) {
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// A TCP listener that only this machine can reach. Returns the descriptor or -1 with errno set.
// On Linux it answers at every address in 127.0.0.0/8: bound to any address but to the loopback device alone.
static inline int muster_lab_listen(uint16_t port, int backlog, uint16_t *bound_port, int *every_address) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    muster_lab_cloexec(fd);
    int one = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *every_address = 0;
#ifdef SO_BINDTODEVICE
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0) {
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        *every_address = 1;
    }
#endif
    socklen_t length = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0
        || getsockname(fd, (struct sockaddr *)&address, &length) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    *bound_port = ntohs(address.sin_port);
    return fd;
}

// The next connection, or -1 with errno set (EAGAIN: none is waiting). `local` is the address that was dialled, in host order.
static inline int muster_lab_accept(int listener, uint32_t *local) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return -1;
    muster_lab_cloexec(fd);
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    // BSD lets an accepted socket inherit the listener's O_NONBLOCK; the sessions block.
    (void)fcntl(fd, F_SETFL, 0);
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0 || address.sin_family != AF_INET) {
        *local = 0;
    } else {
        *local = ntohl(address.sin_addr.s_addr);
    }
    return fd;
}

// A TCP connection to a loopback address, for the bastion. `address` is in host order. Returns the descriptor or -1.
static inline int muster_lab_connect(uint32_t address, uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    muster_lab_cloexec(fd);
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in target;
    memset(&target, 0, sizeof target);
    target.sin_family = AF_INET;
    target.sin_port = htons(port);
    target.sin_addr.s_addr = htonl(address);
    if (connect(fd, (struct sockaddr *)&target, sizeof target) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

// Runs `body(context)` on a detached thread with `stack` bytes of stack. Returns 0 or an error number.
static inline int muster_lab_thread(void *(*body)(void *), void *context, size_t stack) {
    pthread_attr_t attributes;
    int status = pthread_attr_init(&attributes);
    if (status != 0) return status;
    pthread_attr_setstacksize(&attributes, stack);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    status = pthread_create(&thread, &attributes, body, context);
    pthread_attr_destroy(&attributes);
    return status;
}

// As many descriptors as the system allows, and no death by SIGPIPE.
static inline void muster_lab_prepare_process(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
#ifdef __APPLE__
        if (limit.rlim_cur > 10240) limit.rlim_cur = 10240;
#endif
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    signal(SIGPIPE, SIG_IGN);
}

static inline int muster_lab_poll_one(int fd, short events, int timeout) {
    struct pollfd entry = {fd, events, 0};
    int status = poll(&entry, 1, timeout);
    return status <= 0 ? status : entry.revents;
}

static inline int muster_lab_poll_two(int first, int second) {
    struct pollfd entries[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
    int status = poll(entries, 2, -1);
    return status <= 0 ? status : ((entries[0].revents ? 1 : 0) | (entries[1].revents ? 2 : 0));
}

static inline uint64_t muster_lab_wall_seconds(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return (uint64_t)now.tv_sec;
}

// ssh_bind_options_set takes a pointer whose meaning depends on the option.
static inline int muster_lab_bind_string(ssh_bind bind, enum ssh_bind_options_e option, const char *value) {
    return ssh_bind_options_set(bind, option, value);
}

static inline int muster_lab_bind_flag(ssh_bind bind, enum ssh_bind_options_e option, int value) {
    bool flag = value != 0;
    return ssh_bind_options_set(bind, option, &flag);
}

static inline int muster_lab_bind_key(ssh_bind bind, ssh_key key) {
    return ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key);
}

#endif
