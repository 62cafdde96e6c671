#if defined(__x86_64__)
#define BLOCK 16
#define ROWS 12
#ifndef TILE
#define TILE 4
#define KERNEL lucid_winograd_avx512
#endif
#define TARGET __attribute__((target("avx512f,fma")))
#include "winograd_body.h"
#endif
