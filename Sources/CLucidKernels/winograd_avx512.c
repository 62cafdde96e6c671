#if defined(__x86_64__)
#define BLOCK 16
#define ROWS 12
#define TILE 4
#define KERNEL lucid_winograd_avx512
#define TARGET __attribute__((target("avx512f,fma")))
#include "winograd_body.h"
#endif
