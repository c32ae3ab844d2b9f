#include <stddef.h>

/// The bytes that malloc has handed out and not got back; 0 where the C library does not tell.
size_t allocated_bytes(void);
