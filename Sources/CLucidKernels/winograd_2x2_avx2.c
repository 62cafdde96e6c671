#define TILE 2
#define KERNEL lucid_winograd_2x2_avx2
#include "winograd_avx2.c"
