#if defined(__x86_64__)
#define KERNEL lucid_depthwise_avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "depthwise_body.h"
#endif
