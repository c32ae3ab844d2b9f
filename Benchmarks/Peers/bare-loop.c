/*
 * What the engine itself costs: one thread, one epoll set, libssh2 straight on sockets, no checks beyond the necessary.
 * Muster is measured beside it.
 *
 *     bare-loop PORT FANOUT < ADDRESSES
 *
 * reads one IPv4 address a line and, FANOUT at once, does at each what `muster run "show version"` does: connects,
 * logs in as admin with the password admin, opens a terminal and a shell, types `terminal length 0` and
 * `show version` ahead, reads to the prompt that follows the output, and disconnects. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <stdio.h>

#ifndef __linux__
int main(void) {
    fprintf(stderr, "bare-loop: needs epoll, so it runs on Linux only\n");
    return 69;
}
#else

#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char typed[] = "terminal length 0\nshow version\n";
/* Stands in the output of `show version` of an IOS device: a prompt after it is the one that ends the command. */
static const char landmark[] = "0x2102";
enum { overlap = sizeof landmark - 2 };

enum stage { HANDSHAKE, LOGIN, OPEN, TERMINAL, SHELL, TYPE, READ, GOODBYE, DONE, FAILED };

struct device {
    int socket;
    enum stage stage;
    uint32_t watched;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    size_t sent;
    bool seen;   /* the landmark */
    size_t kept; /* in tail: the last bytes read, as the landmark may come in two reads */
    char tail[sizeof landmark];
};

struct run {
    struct in_addr *addresses;
    int count, port, fanout;
    int started, finished, succeeded;
    int epoll;
};

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}


/* Takes bytes that stand behind `overlap` free ones: looks for the landmark, then for the prompt at the very end. */
static bool prompt_follows(struct device *device, char *bytes, size_t count) {
    if (!device->seen) {
        char *start = bytes - device->kept;
        memcpy(start, device->tail, device->kept);
        size_t length = device->kept + count;
        device->seen = memmem(start, length, landmark, sizeof landmark - 1) != NULL;
        device->kept = length < overlap ? length : overlap;
        memcpy(device->tail, start + length - device->kept, device->kept);
    }
    return device->seen && bytes[count - 1] == '#';
}

/* One attempt at the current stage: 0 when it is done, LIBSSH2_ERROR_EAGAIN, or another error. */
static int attempt(struct device *device) {
    LIBSSH2_SESSION *session = device->session;
    switch (device->stage) {
    case HANDSHAKE:
        return libssh2_session_handshake(session, device->socket);
    case LOGIN:
        return libssh2_userauth_password(session, "admin", "admin");
    case OPEN:
        device->channel = libssh2_channel_open_session(session);
        return device->channel ? 0 : libssh2_session_last_errno(session);
    case TERMINAL:
        return libssh2_channel_request_pty(device->channel, "vt100");
    case SHELL:
        return libssh2_channel_shell(device->channel);
    case TYPE:
        while (device->sent < sizeof typed - 1) {
            ssize_t written = libssh2_channel_write(device->channel, typed + device->sent, sizeof typed - 1 - device->sent);
            if (written < 0) return (int)written;
            device->sent += (size_t)written;
        }
        return 0;
    case READ:
        for (;;) {
            char buffer[overlap + 16384], *bytes = buffer + overlap;
            ssize_t count = libssh2_channel_read(device->channel, bytes, 16384);
            if (count < 0) return (int)count;
            if (count == 0) return LIBSSH2_ERROR_CHANNEL_CLOSED;
            if (prompt_follows(device, bytes, (size_t)count)) return 0;
        }
    case GOODBYE:
        return libssh2_session_disconnect(session, "done");
    default:
        return 0;
    }
}

static void start_next(struct run *run);

static void finish(struct run *run, struct device *device) {
    if (device->stage == DONE) {
        run->succeeded++;
    } else {
        char *message = NULL;
        if (device->session) libssh2_session_last_error(device->session, &message, NULL, 0);
        fprintf(stderr, "bare-loop: stage %d: %s\n", (int)device->stage, message && *message ? message : strerror(errno));
    }
    /* Shut down first: libssh2 then gives a live session up without waiting for the peer. */
    shutdown(device->socket, SHUT_RDWR);
    if (device->session) libssh2_session_free(device->session);
    close(device->socket);
    free(device);
    run->finished++;
    start_next(run);
}

static void watch(struct run *run, struct device *device, uint32_t events) {
    if (events == device->watched) return;
    struct epoll_event event = {.events = events, .data.ptr = device};
    epoll_ctl(run->epoll, device->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, device->socket, &event);
    device->watched = events;
}

/* Goes as far as the device's bytes allow, then asks to be woken when there are more. */
static void advance(struct run *run, struct device *device) {
    while (device->stage < DONE) {
        int code = attempt(device);
        if (code == LIBSSH2_ERROR_EAGAIN) {
            int directions = libssh2_session_block_directions(device->session);
            bool outbound = directions & LIBSSH2_SESSION_BLOCK_OUTBOUND;
            bool inbound = (directions & LIBSSH2_SESSION_BLOCK_INBOUND) || !directions;
            watch(run, device, (inbound ? EPOLLIN : 0u) | (outbound ? EPOLLOUT : 0u));
            return;
        }
        if (code != 0) {
            finish(run, device);
            return;
        }
        device->stage++;
    }
    finish(run, device);
}

static void start_next(struct run *run) {
    if (run->started == run->count) return;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)run->port), .sin_addr = run->addresses[run->started++]};
    struct device *device = calloc(1, sizeof *device);
    device->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (device->socket < 0) {
        perror("bare-loop: socket");
        exit(71);
    }
    int on = 1;
    setsockopt(device->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    device->session = libssh2_session_init();
    libssh2_session_set_blocking(device->session, 0);
    /* The handshake begins when the socket can be written to; a refused connection shows in its first send. */
    if (connect(device->socket, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        perror("bare-loop: connect");
        exit(71);
    }
    watch(run, device, EPOLLOUT);
}

static void read_addresses(struct run *run) {
    char line[64];
    int room = 0;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        if (run->count == room) {
            room = room ? room * 2 : 256;
            run->addresses = realloc(run->addresses, (size_t)room * sizeof *run->addresses);
        }
        if (inet_pton(AF_INET, line, &run->addresses[run->count]) != 1) {
            fprintf(stderr, "bare-loop: not an IPv4 address: %s\n", line);
            exit(64);
        }
        run->count++;
    }
}

/* getrusage's peak would count the parent from before exec; the kernel's status page counts this program only. */
static long peak_kilobytes(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long peak = 0;
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &peak);
    if (status) fclose(status);
    return peak;
}

int main(int argc, char **argv) {
    struct run run = {0};
    if (argc != 3 || (run.port = atoi(argv[1])) <= 0 || (run.fanout = atoi(argv[2])) <= 0) {
        fprintf(stderr, "usage: bare-loop PORT FANOUT < ADDRESSES\n");
        return 64;
    }
    read_addresses(&run);
    libssh2_init(0);
    run.epoll = epoll_create1(EPOLL_CLOEXEC);

    double began = seconds(CLOCK_MONOTONIC);
    while (run.started < run.count && run.started < run.fanout) start_next(&run);
    while (run.finished < run.count) {
        struct epoll_event events[256];
        int ready = epoll_wait(run.epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) advance(&run, events[i].data.ptr);
    }
    double wall = seconds(CLOCK_MONOTONIC) - began, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    printf("{\"n\": %d, \"ok\": %d, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"cpu_ms_per_device\": %.4f, \"peak_rss_kb\": %ld}\n",
           run.count, run.succeeded, wall, cpu, run.count ? 1000 * cpu / run.count : 0, peak_kilobytes());
    return run.succeeded == run.count ? 0 : 1;
}
#endif
