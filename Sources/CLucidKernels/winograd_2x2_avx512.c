#define TILE 2
#define KERNEL lucid_winograd_2x2_avx512
#include "winograd_avx512.c"
