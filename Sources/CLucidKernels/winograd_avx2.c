#if defined(__x86_64__)
#define BLOCK 8
#define ROWS 6
#ifndef TILE
#define TILE 4
#define KERNEL lucid_winograd_avx2
#endif
#define TARGET __attribute__((target("avx2,fma")))
#include "winograd_body.h"
#endif
