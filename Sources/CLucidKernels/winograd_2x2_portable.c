#define TILE 2
#define KERNEL lucid_winograd_2x2_portable
#include "winograd_portable.c"
