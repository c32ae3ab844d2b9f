/*
 * A network that is slow but never full: hands bytes between clients and devices on after a fixed delay each way, and
 * counts how often the conversation changes direction.
 *
 *     delay-proxy PORT DEVICE-PORT DELAY-MS
 *
 * listens on every address of this machine, also all of 127.0.0.0/8, and connects to the address that the client
 * dialled, at DEVICE-PORT. PORT 0 lets the system choose. Prints `{"port": P}` when it listens and, as each connection
 * ends, `{"turns": T, "up": BYTES, "down": BYTES, "seconds": S}`. A turn is a client's byte after a device's.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct chunk {
    struct chunk *next;
    double due;
    size_t count, written;
    char bytes[];
};

/* One direction of a connection. */
struct lane {
    struct chunk *first, *last;
    size_t total;
    bool ended;   /* nothing more will come in */
    double ends;  /* when the other side may learn of that */
    bool shut;    /* it has been told */
    bool stuck;   /* its socket takes no more just now */
};

struct connection {
    struct connection *next;
    int client, device; /* device is -1 until it is dialled */
    double accepted, dials;
    struct lane up, down;
    bool device_spoke_last;
    int turns;
};

static double delay;
static int device_port;
static struct connection *connections;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void prepare(int socket) {
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

static void accept_one(int listener) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) return;
    prepare(client);
    struct connection *connection = calloc(1, sizeof *connection);
    connection->client = client;
    connection->device = -1;
    connection->accepted = now();
    /* The system has answered the client's SYN at once; on a slow network that would have taken a round trip. */
    connection->dials = connection->accepted + 2 * delay;
    connection->next = connections;
    connections = connection;
}

/* Returns false when the device can't be reached. */
static bool dial(struct connection *connection) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (getsockname(connection->client, (struct sockaddr *)&address, &length) < 0) return false;
    address.sin_port = htons((uint16_t)device_port);
    connection->device = socket(AF_INET, SOCK_STREAM, 0);
    /* On loopback this returns at once, so it may block. */
    if (connection->device < 0 || connect(connection->device, (struct sockaddr *)&address, sizeof address) < 0) return false;
    prepare(connection->device);
    return true;
}

/* Takes in what has arrived. Returns false when the connection broke. */
static bool take(struct lane *lane, int from) {
    char bytes[65536];
    ssize_t count = read(from, bytes, sizeof bytes);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    double due = now() + delay;
    if (count == 0) {
        lane->ended = true;
        lane->ends = due;
        return true;
    }
    struct chunk *chunk = malloc(sizeof *chunk + (size_t)count);
    *chunk = (struct chunk){.due = due, .count = (size_t)count};
    memcpy(chunk->bytes, bytes, (size_t)count);
    if (lane->last) lane->last->next = chunk;
    else lane->first = chunk;
    lane->last = chunk;
    lane->total += (size_t)count;
    return true;
}

/* Hands on what is due. Returns false when the connection broke. */
static bool give(struct lane *lane, int to, double time) {
    lane->stuck = false;
    while (lane->first && lane->first->due <= time) {
        struct chunk *chunk = lane->first;
        ssize_t count = write(to, chunk->bytes + chunk->written, chunk->count - chunk->written);
        if (count < 0 && errno == EAGAIN) {
            lane->stuck = true;
            return true;
        }
        if (count < 0) return false;
        chunk->written += (size_t)count;
        if (chunk->written < chunk->count) continue;
        lane->first = chunk->next;
        if (!lane->first) lane->last = NULL;
        free(chunk);
    }
    if (lane->ended && !lane->shut && !lane->first && lane->ends <= time) {
        shutdown(to, SHUT_WR);
        lane->shut = true;
    }
    return true;
}

static void drop(struct lane *lane) {
    while (lane->first) {
        struct chunk *chunk = lane->first;
        lane->first = chunk->next;
        free(chunk);
    }
}

/* The next moment at which there is something to hand on, or `otherwise`. */
static double next_due(const struct connection *connection, double otherwise) {
    double due = connection->device < 0 ? connection->dials : otherwise;
    const struct lane *lanes[] = {&connection->up, &connection->down};
    for (int i = 0; i < 2; i++) {
        const struct lane *lane = lanes[i];
        if (lane->stuck) continue;
        double lane_due = lane->first ? lane->first->due : lane->ended && !lane->shut ? lane->ends : otherwise;
        if (lane_due < due) due = lane_due;
    }
    return due;
}

/* Returns false when the connection is over. */
static bool serve(struct connection *connection, short client_events, short device_events) {
    double time = now();
    if (connection->device < 0) {
        if (time < connection->dials) return true;
        return dial(connection);
    }
    bool intact = true;
    if (device_events & (POLLIN | POLLHUP | POLLERR) && !connection->down.ended) {
        size_t before = connection->down.total;
        intact = take(&connection->down, connection->device) && intact;
        if (connection->down.total > before) connection->device_spoke_last = true;
    }
    if (client_events & (POLLIN | POLLHUP | POLLERR) && !connection->up.ended) {
        size_t before = connection->up.total;
        intact = take(&connection->up, connection->client) && intact;
        if (connection->up.total > before && connection->device_spoke_last) {
            connection->turns++;
            connection->device_spoke_last = false;
        }
    }
    intact = give(&connection->up, connection->device, time) && intact;
    intact = give(&connection->down, connection->client, time) && intact;
    return intact && !(connection->up.shut && connection->down.shut);
}

static void end(struct connection *connection) {
    printf("{\"turns\": %d, \"up\": %zu, \"down\": %zu, \"seconds\": %.4f}\n", connection->turns, connection->up.total,
           connection->down.total, now() - connection->accepted);
    fflush(stdout);
    drop(&connection->up);
    drop(&connection->down);
    close(connection->client);
    if (connection->device >= 0) close(connection->device);
    free(connection);
}

static int listen_at(int port) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) {
        perror("delay-proxy: listen");
        exit(71);
    }
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("{\"port\": %d}\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static int wait_until(double due, struct pollfd *polled, size_t count) {
    double wait = due - now();
    if (wait < 0) wait = 0;
#ifdef __linux__
    struct timespec time = {.tv_sec = (time_t)wait, .tv_nsec = (long)((wait - (double)(time_t)wait) * 1e9)};
    return ppoll(polled, (nfds_t)count, &time, NULL);
#else
    /* Rounded up: a poll that returns early would spin until the bytes are due. */
    return poll(polled, (nfds_t)count, (int)(wait * 1000) + 1);
#endif
}

int main(int argc, char **argv) {
    if (argc != 4 || (device_port = atoi(argv[2])) <= 0 || (delay = atof(argv[3]) / 1000) < 0) {
        fprintf(stderr, "usage: delay-proxy PORT DEVICE-PORT DELAY-MS\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_at(atoi(argv[1]));
    struct pollfd *polled = NULL;
    for (;;) {
        size_t count = 1;
        double idle = now() + 3600, due = idle;
        for (struct connection *c = connections; c; c = c->next) count += 2;
        polled = realloc(polled, count * sizeof *polled);
        polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        size_t slot = 1;
        for (struct connection *c = connections; c; c = c->next, slot += 2) {
            bool dialled = c->device >= 0;
            short from_client = dialled && !c->up.ended ? POLLIN : 0, from_device = c->down.ended ? 0 : POLLIN;
            short to_client = c->down.stuck ? POLLOUT : 0, to_device = c->up.stuck ? POLLOUT : 0;
            /* A negative descriptor is passed over; one that has ended would wake us for nothing. */
            polled[slot] = (struct pollfd){.fd = from_client | to_client ? c->client : -1, .events = from_client | to_client};
            polled[slot + 1] = (struct pollfd){.fd = dialled ? c->device : -1, .events = from_device | to_device};
            if (!(from_device | to_device)) polled[slot + 1].fd = -1;
            double connection_due = next_due(c, idle);
            if (connection_due < due) due = connection_due;
        }
        if (wait_until(due, polled, count) < 0 && errno != EINTR) return 71;

        struct connection **link = &connections;
        for (slot = 1; *link; slot += 2) {
            struct connection *connection = *link;
            if (serve(connection, polled[slot].revents, polled[slot + 1].revents)) {
                link = &connection->next;
            } else {
                *link = connection->next;
                end(connection);
            }
        }
        if (polled[0].revents & POLLIN) accept_one(listener);
    }
}
