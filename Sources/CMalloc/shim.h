#ifndef MUSTER_CMALLOC_SHIM_H
#define MUSTER_CMALLOC_SHIM_H
#include <stddef.h>
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>

/// Sets the number of glibc's heaps, and how much each grows by at once.
static inline void muster_tune_malloc(int heaps, int growth) {
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_TOP_PAD, growth);
}

/// The bytes that malloc has handed out and not got back.
static inline size_t muster_allocated_bytes(void) {
    return mallinfo2().uordblks;
}
#else
static inline void muster_tune_malloc(int heaps, int growth) {
    (void)heaps;
    (void)growth;
}

static inline size_t muster_allocated_bytes(void) {
    return 0;
}
#endif

#endif
