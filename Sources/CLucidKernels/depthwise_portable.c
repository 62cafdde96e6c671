// For any processor. On arm64 this is the NEON kernel.
#define KERNEL lucid_depthwise_portable
#define TARGET
#include "depthwise_body.h"
