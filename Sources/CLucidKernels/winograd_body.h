// The kernel, for one kind of processor: BLOCK channels are a vector, up to ROWS tiles are multiplied at a time, TARGET
// says what processor functions are compiled for, KERNEL is what they are known by.

#include "winograd_kernel.h"

#pragma clang fp contract(fast)
// Functions that take vectors are inlined always: how vectors are passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE TARGET static inline __attribute__((always_inline))
#define PANEL (2 * BLOCK)
#define GAP LUCID_WINOGRAD_GAP

typedef float vector __attribute__((ext_vector_type(BLOCK), aligned(4)));

INLINE vector load(const float *p) { return *(const vector *)p; }
INLINE void store(float *p, vector v) { *(vector *)p = v; }

// MARK: inputs

/// Bᵀ of one row, stored `step` apart.
INLINE void transform_row(float *out, ptrdiff_t step, const vector t[6]) {
  vector a = t[4] - 4 * t[2], b = t[3] - 4 * t[1], c = t[4] - t[2], e = t[3] - t[1];
  store(out, 4 * t[0] + (t[4] - 5 * t[2]));
  store(out + step, a + b);
  store(out + 2 * step, a - b);
  store(out + 3 * step, c + 2 * e);
  store(out + 4 * step, c - 2 * e);
  store(out + 5 * step, 4 * t[1] + (t[5] - 5 * t[3]));
}

/// Bᵀ d B of a block of channels of one tile, whose rows are `row` apart; frequencies are stored `step` apart.
///
/// Rows of Bᵀ d that have terms in common are made together, and finished at once: so few fit in registers.
INLINE void transform_tile(const float *d, ptrdiff_t row, float *out, ptrdiff_t step) {
#define AT(i, j) load(d + (i) * row + (j) * BLOCK)
  vector p[6], q[6];
#pragma unroll
  for (int j = 0; j < 6; j++) p[j] = 4 * AT(0, j) + (AT(4, j) - 5 * AT(2, j));
  transform_row(out, step, p);
#pragma unroll
  for (int j = 0; j < 6; j++) {
    vector a = AT(4, j) - 4 * AT(2, j), b = AT(3, j) - 4 * AT(1, j);
    p[j] = a + b;
    q[j] = a - b;
  }
  transform_row(out + 6 * step, step, p);
  transform_row(out + 12 * step, step, q);
#pragma unroll
  for (int j = 0; j < 6; j++) {
    vector c = AT(4, j) - AT(2, j), e = AT(3, j) - AT(1, j);
    p[j] = c + 2 * e;
    q[j] = c - 2 * e;
  }
  transform_row(out + 18 * step, step, p);
  transform_row(out + 24 * step, step, q);
#pragma unroll
  for (int j = 0; j < 6; j++) p[j] = 4 * AT(1, j) + (AT(5, j) - 5 * AT(3, j));
  transform_row(out + 30 * step, step, p);
#undef AT
}

/// Where a tile's input is: its first row and column, which may lie in the padding, and its offset in blocks.
typedef struct {
  ptrdiff_t y, x, offset;
  bool inside;
} place;

INLINE place place_of(const lucid_winograd_job *job, ptrdiff_t tile) {
  const lucid_winograd_shape *s = &job->shape;
  ptrdiff_t each = job->tiles_down * job->tiles_across, image = tile / each, inner = tile % each;
  place at;
  at.y = inner / job->tiles_across * LUCID_WINOGRAD_TILE - s->top;
  at.x = inner % job->tiles_across * LUCID_WINOGRAD_TILE - s->left;
  at.offset = image * job->input_blocks * s->height * s->width + at.y * s->width + at.x;
  at.inside = at.y >= 0 && at.x >= 0 && at.y + 6 <= s->height && at.x + 6 <= s->width;
  return at;
}

/// A tile's input with zeros where the picture ends.
INLINE void copy_padded(const lucid_winograd_job *job, const place *at, ptrdiff_t offset, float *patch) {
  const lucid_winograd_shape *s = &job->shape;
  for (ptrdiff_t i = 0; i < 6; i++) {
    for (ptrdiff_t j = 0; j < 6; j++) {
      ptrdiff_t y = at->y + i, x = at->x + j;
      bool there = y >= 0 && y < s->height && x >= 0 && x < s->width;
      store(patch + (i * 6 + j) * BLOCK, there ? load(job->x + (offset + i * s->width + j) * BLOCK) : (vector)0);
    }
  }
}

INLINE ptrdiff_t group_count(ptrdiff_t tiles) { return (tiles + ROWS - 1) / ROWS; }

TARGET static void transform(const lucid_winograd_job *job, const lucid_winograd_tiles *tiles, ptrdiff_t first,
                             ptrdiff_t last) {
  ptrdiff_t groups = group_count(tiles->count), plane = job->shape.height * job->shape.width;
  for (ptrdiff_t group = 0; group < groups; group++) {
    ptrdiff_t start = tiles->count * group / groups, rows = tiles->count * (group + 1) / groups - start;
    place places[ROWS];
    for (ptrdiff_t r = 0; r < rows; r++) places[r] = place_of(job, tiles->first + start + r);
    for (ptrdiff_t block = first; block < last; block++) {
      for (ptrdiff_t r = 0; r < rows; r++) {
        float *out = tiles->transformed + (start * job->input_blocks + block * rows + r) * BLOCK;
        ptrdiff_t offset = places[r].offset + block * plane;
        if (places[r].inside) {
          transform_tile(job->x + offset * BLOCK, job->shape.width * BLOCK, out, tiles->transformed_stride);
        } else {
          float patch[36 * BLOCK] __attribute__((aligned(64)));
          copy_padded(job, places + r, offset, patch);
          transform_tile(patch, 6 * BLOCK, out, tiles->transformed_stride);
        }
      }
    }
  }
}

// MARK: products

/// Floats of a cache line.
#define LINE 16

/// How many blocks of channels are multiplied before the next group of tiles is: a panel of so many weights leaves half of
/// a first-level cache of 32 KiB free.
#define DEPTH (2048 / (BLOCK * BLOCK))

/// products [rows][PANEL] (+)= transformed [blocks][rows][BLOCK] x weights [blocks][BLOCK][PANEL]. For each block, fetches
/// `lines` cache lines of what is needed later, from `next` on.
INLINE void multiply_rows(const float *v, const float *w, float *products, ptrdiff_t blocks, int rows, bool accumulates,
                          const float *next, ptrdiff_t lines) {
  vector sums[ROWS][2];
#pragma unroll
  for (int r = 0; r < rows; r++) {
    sums[r][0] = accumulates ? load(products + r * PANEL) : (vector)0;
    sums[r][1] = accumulates ? load(products + r * PANEL + BLOCK) : (vector)0;
  }
  for (ptrdiff_t block = 0; block < blocks; block++) {
    for (ptrdiff_t line = 0; line < lines; line++) __builtin_prefetch(next + line * LINE);
    next += lines * LINE;
#pragma unroll
    for (int c = 0; c < BLOCK; c++) {
      vector w0 = load(w + c * PANEL), w1 = load(w + c * PANEL + BLOCK);
#pragma unroll
      for (int r = 0; r < rows; r++) {
        vector x = v[r * BLOCK + c];
        sums[r][0] += x * w0;
        sums[r][1] += x * w1;
      }
    }
    v += rows * BLOCK;
    w += BLOCK * PANEL;
  }
#pragma unroll
  for (int r = 0; r < rows; r++) {
    store(products + r * PANEL, sums[r][0]);
    store(products + r * PANEL + BLOCK, sums[r][1]);
  }
}

TARGET static void multiply_group(const float *v, const float *w, float *products, ptrdiff_t blocks, ptrdiff_t rows,
                                  bool accumulates, const float *next, ptrdiff_t lines) {
  switch (rows) {
#define CASE(n) \
  case n: \
    multiply_rows(v, w, products, blocks, n, accumulates, next, lines); \
    break;
    CASE(1)
    CASE(2)
#if ROWS >= 6
    CASE(3)
    CASE(4)
    CASE(5)
    CASE(6)
#endif
#if ROWS >= 12
    CASE(7)
    CASE(8)
    CASE(9)
    CASE(10)
    CASE(11)
    CASE(12)
#endif
#undef CASE
    default: __builtin_unreachable();
  }
}

// MARK: outputs

INLINE vector activate(const lucid_winograd_job *job, vector y) {
  switch (job->activation) {
    case LUCID_WINOGRAD_IDENTITY: return y;
    case LUCID_WINOGRAD_CLAMP:
      return __builtin_elementwise_min(__builtin_elementwise_max(y, (vector)job->alpha), (vector)job->beta);
    case LUCID_WINOGRAD_LEAKY:
      return __builtin_elementwise_max(y, (vector)0) + job->alpha * __builtin_elementwise_min(y, (vector)0);
  }
}

/// Aᵀ of six values.
INLINE void transform_back(vector out[4], vector m0, vector m1, vector m2, vector m3, vector m4, vector m5) {
  vector s = m1 + m2, d = m1 - m2, s2 = m3 + m4, d2 = m3 - m4;
  out[0] = m0 + s + s2;
  out[1] = d + 2 * d2;
  out[2] = s + 4 * s2;
  out[3] = d + 8 * d2 + m5;
}

/// One tile of a block of outputs: Aᵀ m A, then what the job adds.
INLINE void finish_tile(const lucid_winograd_job *job, ptrdiff_t tile, ptrdiff_t block, const float *m, ptrdiff_t step,
                        vector bias) {
  const lucid_winograd_shape *s = &job->shape;
  vector columns[6][4];
#pragma unroll
  for (int j = 0; j < 6; j++) {
    const float *c = m + j * step;
    transform_back(columns[j], load(c), load(c + 6 * step), load(c + 12 * step), load(c + 18 * step),
                   load(c + 24 * step), load(c + 30 * step));
  }
  ptrdiff_t each = job->tiles_down * job->tiles_across, image = tile / each, inner = tile % each;
  ptrdiff_t y = inner / job->tiles_across * 4, x = inner % job->tiles_across * 4;
  ptrdiff_t height = s->out_height - y, width = s->out_width - x;
  ptrdiff_t offset = (((image * job->output_blocks + block) * s->out_height + y) * s->out_width + x) * BLOCK;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    if (i >= height) break;
    vector out[4];
    transform_back(out, columns[0][i], columns[1][i], columns[2][i], columns[3][i], columns[4][i], columns[5][i]);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      if (j >= width) break;
      ptrdiff_t at = offset + (i * s->out_width + j) * BLOCK;
      vector value = out[j] + bias;
      if (job->residual) value += load(job->residual + at);
      store(job->y + at, activate(job, value));
    }
  }
}

INLINE vector bias_of(const lucid_winograd_job *job, ptrdiff_t block) {
  float values[BLOCK] = {0};
  ptrdiff_t rest = job->shape.outputs - block * BLOCK;
  if (job->bias) __builtin_memcpy(values, job->bias + block * BLOCK, (size_t)(rest < BLOCK ? rest : BLOCK) * sizeof *values);
  return load(values);
}

/// Products of one panel of outputs at one frequency. Meanwhile, the weights that come next are fetched, those at `after`
/// in the end: evenly, because memory that is asked for in bursts is waited for.
INLINE void multiply_panel(const lucid_winograd_job *job, const lucid_winograd_tiles *tiles, ptrdiff_t frequency,
                           const float *weights, const float *after, float *products) {
  ptrdiff_t groups = group_count(tiles->count), blocks = job->input_blocks;
  ptrdiff_t lines = (BLOCK * PANEL / LINE + groups - 1) / groups;
  const float *v = tiles->transformed + frequency * tiles->transformed_stride;
  for (ptrdiff_t block = 0; block < blocks; block += DEPTH) {
    ptrdiff_t depth = blocks - block < DEPTH ? blocks - block : DEPTH;
    const float *w = weights + block * BLOCK * PANEL;
    const float *next = block + depth < blocks ? w + depth * BLOCK * PANEL : after;
    for (ptrdiff_t group = 0; group < groups; group++) {
      ptrdiff_t start = tiles->count * group / groups, rows = tiles->count * (group + 1) / groups - start;
      multiply_group(v + (start * blocks + block * rows) * BLOCK, w, products + start * PANEL, depth, rows, block > 0,
                     next + group * depth * lines * LINE, lines);
    }
  }
}

TARGET static void multiply(const lucid_winograd_job *job, const lucid_winograd_tiles *tiles, ptrdiff_t first,
                            ptrdiff_t last) {
  enum { ALL = LUCID_WINOGRAD_FREQUENCIES };
  ptrdiff_t step = tiles->count * PANEL + GAP, matrix = job->input_blocks * BLOCK * PANEL;
  for (ptrdiff_t begin = first; begin < last; begin += tiles->panels) {
    ptrdiff_t end = begin + tiles->panels < last ? begin + tiles->panels : last;
    for (ptrdiff_t frequency = 0; frequency < ALL; frequency++) {
      for (ptrdiff_t panel = begin; panel < end; panel++) {
        const float *weights = job->packed + (panel * ALL + frequency) * matrix, *after = weights + ALL * matrix;
        if (panel + 1 == end) {
          bool ends = frequency + 1 == ALL;
          // The last of all fetches what it has itself.
          after = ends && end == last ? weights : job->packed + (ends ? end * ALL : begin * ALL + frequency + 1) * matrix;
        }
        multiply_panel(job, tiles, frequency, weights, after,
                       tiles->products + ((panel - begin) * ALL + frequency) * step);
      }
    }
    for (ptrdiff_t panel = begin; panel < end; panel++) {
      const float *products = tiles->products + (panel - begin) * ALL * step;
      for (ptrdiff_t half = 0; half < 2 && panel * 2 + half < job->output_blocks; half++) {
        vector bias = bias_of(job, panel * 2 + half);
        for (ptrdiff_t tile = 0; tile < tiles->count; tile++)
          finish_tile(job, tiles->first + tile, panel * 2 + half, products + tile * PANEL + half * BLOCK, step, bias);
      }
    }
  }
}

const lucid_winograd_kernel KERNEL = {BLOCK, ROWS, transform, multiply};
