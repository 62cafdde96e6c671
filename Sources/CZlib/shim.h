#pragma once
#include <zlib.h>

// A macro that Swift does not see: raw deflate data, without zlib's header.
static inline int lucid_inflate_init_raw(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }
