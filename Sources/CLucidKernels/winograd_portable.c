// For any processor. On arm64, where there are 32 registers, this is the NEON kernel.
#define BLOCK 8
#if defined(__aarch64__)
#define ROWS 6
#else
#define ROWS 2
#endif
#ifndef TILE
#define TILE 4
#define KERNEL lucid_winograd_portable
#endif
#define TARGET
#include "winograd_body.h"
