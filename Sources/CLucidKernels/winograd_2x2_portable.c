// For any processor. On arm64, where there are 32 registers, this is the NEON kernel.
#define BLOCK 8
#if defined(__aarch64__)
#define ROWS 6
#else
#define ROWS 2
#endif
#define TILE 2
#define KERNEL lucid_winograd_2x2_portable
#define TARGET
#include "winograd_body.h"
