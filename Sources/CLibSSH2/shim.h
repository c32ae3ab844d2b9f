#ifndef MUSTER_CLIBSSH2_SHIM_H
#define MUSTER_CLIBSSH2_SHIM_H
#include <libssh2.h>
#endif
