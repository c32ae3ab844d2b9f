/*
 * Runs one program and tells what it cost, its children included.
 *
 *     measured LIMIT OUTPUT-FILE ERROR-FILE PROGRAM ARGUMENT...
 *
 * The program's standard output and error go to the files, its standard input is ours; after LIMIT seconds it is killed.
 * Prints one line of JSON. A small
 * C program does this because the kernel counts the starting process's memory towards a program's peak (getrusage(2):
 * ru_maxrss survives execve), and this one has next to none.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int signal) {
    if (child > 0) kill(child, signal == SIGALRM ? SIGKILL : signal);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void redirect(const char *path, int descriptor) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, descriptor) < 0) {
        fprintf(stderr, "measured: %s: %s\n", path, strerror(errno));
        _exit(73);
    }
    close(file);
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: measured LIMIT OUTPUT-FILE ERROR-FILE PROGRAM ARGUMENT...\n");
        return 64;
    }
    double began = now();
    child = fork();
    if (child == 0) {
        redirect(argv[2], STDOUT_FILENO);
        redirect(argv[3], STDERR_FILENO);
        execv(argv[4], argv + 4);
        fprintf(stderr, "measured: %s: %s\n", argv[4], strerror(errno));
        _exit(127);
    }
    if (child < 0) {
        perror("measured: fork");
        return 71;
    }
    signal(SIGINT, pass_on);
    signal(SIGTERM, pass_on);
    signal(SIGALRM, pass_on);
    alarm((unsigned)atoi(argv[1]));

    int status = 0;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            perror("measured: wait4");
            return 71;
        }
    }
    double wall = now() - began;
#ifdef __APPLE__
    long peak = usage.ru_maxrss / 1024; /* bytes there, kilobytes elsewhere */
#else
    long peak = usage.ru_maxrss;
#endif
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("{\"exit\": %d, \"wall_s\": %.6f, \"cpu_s\": %.6f, \"peak_rss_kb\": %ld}\n", code, wall,
           seconds(usage.ru_utime) + seconds(usage.ru_stime), peak);
    return 0;
}
