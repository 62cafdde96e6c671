// The kernel, for one kind of processor and tiles of TILE x TILE outputs: BLOCK channels are a vector, up to ROWS tiles are
// multiplied at a time, TARGET says what processor functions are compiled for, KERNEL is what they are known by.

#include "winograd_kernel.h"

#pragma clang fp contract(fast)
// Functions that take vectors are inlined always: how vectors are passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE TARGET static inline __attribute__((always_inline))
#define PANEL (2 * BLOCK)
#define GAP LUCID_WINOGRAD_GAP
/// Inputs of a tile along each dimension, and how many frequencies they are transformed to.
#define SIDE (TILE + 2)
#define ALL (SIDE * SIDE)

typedef float vector __attribute__((ext_vector_type(BLOCK), aligned(4)));

INLINE vector load(const float *p) { return *(const vector *)p; }
INLINE void store(float *p, vector v) { *(vector *)p = v; }

// MARK: weights

typedef double precise __attribute__((ext_vector_type(BLOCK), aligned(8)));

#if TILE == 4
static const double G[SIDE][3] = {
    {1 / 4., 0, 0},         {-1 / 6., -1 / 6., -1 / 6.}, {-1 / 6., 1 / 6., -1 / 6.},
    {1 / 24., 1 / 12., 1 / 6.}, {1 / 24., -1 / 12., 1 / 6.}, {0, 0, 1},
};
#else
static const double G[SIDE][3] = {{1, 0, 0}, {1 / 2., 1 / 2., 1 / 2.}, {1 / 2., -1 / 2., 1 / 2.}, {0, 0, 1}};
#endif

/// G g Gᵀ for one input and a block of outputs, of which `count` are there; frequencies are stored `step` apart.
INLINE void pack_block(const float *window, ptrdiff_t stride, ptrdiff_t count, bool flips, float *out, ptrdiff_t step) {
  precise g[9], half[SIDE][3];
  for (int tap = 0; tap < 9; tap++) {
    double values[BLOCK] = {0};
    for (ptrdiff_t o = 0; o < count; o++) values[o] = window[o * stride + (flips ? 8 - tap : tap)];
    g[tap] = *(const precise *)values;
  }
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < 3; j++) half[i][j] = G[i][0] * g[j] + G[i][1] * g[3 + j] + G[i][2] * g[6 + j];
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++, out += step)
      store(out, __builtin_convertvector(half[i][0] * G[j][0] + half[i][1] * G[j][1] + half[i][2] * G[j][2], vector));
}

TARGET static void pack(const lucid_winograd_pack_job *job, ptrdiff_t first, ptrdiff_t last) {
  ptrdiff_t padded = (job->inputs + BLOCK - 1) / BLOCK * BLOCK, step = padded * PANEL;
  for (ptrdiff_t panel = first; panel < last; panel++) {
    for (ptrdiff_t input = 0; input < padded; input++) {
      for (ptrdiff_t half = 0; half < 2; half++) {
        ptrdiff_t output = panel * PANEL + half * BLOCK, rest = job->outputs - output;
        ptrdiff_t count = input >= job->inputs || rest < 0 ? 0 : rest < BLOCK ? rest : BLOCK;
        pack_block(job->weight + output * job->output_stride + input * job->input_stride, job->output_stride, count,
                   job->flips, job->packed + panel * ALL * step + input * PANEL + half * BLOCK, step);
      }
    }
  }
}

// MARK: inputs

#if TILE == 4

/// Bᵀ of one row, stored `step` apart.
INLINE void transform_row(float *out, ptrdiff_t step, const vector t[SIDE]) {
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

#else

/// Bᵀ of one row, stored `step` apart.
INLINE void transform_row(float *out, ptrdiff_t step, const vector t[SIDE]) {
  store(out, t[0] - t[2]);
  store(out + step, t[1] + t[2]);
  store(out + 2 * step, t[2] - t[1]);
  store(out + 3 * step, t[1] - t[3]);
}

/// Bᵀ d B of a block of channels of one tile, whose rows are `row` apart; frequencies are stored `step` apart.
INLINE void transform_tile(const float *d, ptrdiff_t row, float *out, ptrdiff_t step) {
  vector p[SIDE][SIDE];
#pragma unroll
  for (int j = 0; j < SIDE; j++) {
    vector d0 = load(d + j * BLOCK), d1 = load(d + row + j * BLOCK), d2 = load(d + 2 * row + j * BLOCK);
    p[0][j] = d0 - d2;
    p[1][j] = d1 + d2;
    p[2][j] = d2 - d1;
    p[3][j] = d1 - load(d + 3 * row + j * BLOCK);
  }
#pragma unroll
  for (int i = 0; i < SIDE; i++) transform_row(out + i * SIDE * step, step, p[i]);
}

#endif

/// Where a tile's input is: its first row and column, which may lie in the padding, and its offset in blocks.
typedef struct {
  ptrdiff_t y, x, offset;
  bool inside;
} place;

INLINE place place_of(const lucid_winograd_job *job, ptrdiff_t tile) {
  const lucid_winograd_shape *s = &job->shape;
  ptrdiff_t each = job->tiles_down * job->tiles_across, image = tile / each, inner = tile % each;
  place at;
  at.y = inner / job->tiles_across * TILE - s->top;
  at.x = inner % job->tiles_across * TILE - s->left;
  at.offset = image * job->input_blocks * s->height * s->width + at.y * s->width + at.x;
  at.inside = at.y >= 0 && at.x >= 0 && at.y + SIDE <= s->height && at.x + SIDE <= s->width;
  return at;
}

/// A tile's input with zeros where the picture ends.
INLINE void copy_padded(const lucid_winograd_job *job, const place *at, ptrdiff_t offset, float *patch) {
  const lucid_winograd_shape *s = &job->shape;
  for (ptrdiff_t i = 0; i < SIDE; i++) {
    for (ptrdiff_t j = 0; j < SIDE; j++) {
      ptrdiff_t y = at->y + i, x = at->x + j;
      bool there = y >= 0 && y < s->height && x >= 0 && x < s->width;
      store(patch + (i * SIDE + j) * BLOCK, there ? load(job->x + (offset + i * s->width + j) * BLOCK) : (vector)0);
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
          float patch[ALL * BLOCK] __attribute__((aligned(64)));
          copy_padded(job, places + r, offset, patch);
          transform_tile(patch, SIDE * BLOCK, out, tiles->transformed_stride);
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

/// Aᵀ of values that are `step` apart.
INLINE void transform_back(vector out[TILE], const vector *m, int step) {
#if TILE == 4
  vector s = m[step] + m[2 * step], d = m[step] - m[2 * step], s2 = m[3 * step] + m[4 * step], d2 = m[3 * step] - m[4 * step];
  out[0] = m[0] + s + s2;
  out[1] = d + 2 * d2;
  out[2] = s + 4 * s2;
  out[3] = d + 8 * d2 + m[5 * step];
#else
  out[0] = m[0] + m[step] + m[2 * step];
  out[1] = m[step] - m[2 * step] - m[3 * step];
#endif
}

/// The greatest of each 2x2 outputs of a tile, of those that are whole.
INLINE void store_greatest(const lucid_winograd_job *job, ptrdiff_t tile, ptrdiff_t block, vector columns[SIDE][TILE],
                           vector bias) {
  const lucid_winograd_shape *s = &job->shape;
  ptrdiff_t each = job->tiles_down * job->tiles_across, image = tile / each, inner = tile % each;
  ptrdiff_t y = inner / job->tiles_across * (TILE / 2), x = inner % job->tiles_across * (TILE / 2);
  ptrdiff_t rows = s->out_height / 2, across = s->out_width / 2;
  float *first = job->y + (((image * job->output_blocks + block) * rows + y) * across + x) * BLOCK;
#pragma unroll
  for (int i = 0; i < TILE; i += 2) {
    if (y + i / 2 >= rows) break;
    vector upper[TILE], lower[TILE];
    transform_back(upper, &columns[0][i], TILE);
    transform_back(lower, &columns[0][i + 1], TILE);
#pragma unroll
    for (int j = 0; j < TILE; j += 2) {
      if (x + j / 2 >= across) break;
      vector greatest = __builtin_elementwise_max(__builtin_elementwise_max(upper[j], upper[j + 1]),
                                                  __builtin_elementwise_max(lower[j], lower[j + 1]));
      store(first + (i / 2 * across + j / 2) * BLOCK, activate(job, greatest + bias));
    }
  }
}

/// One tile of a block of outputs: Aᵀ m A, then what the job adds.
INLINE void finish_tile(const lucid_winograd_job *job, ptrdiff_t tile, ptrdiff_t block, const float *m, ptrdiff_t step,
                        vector bias) {
  const lucid_winograd_shape *s = &job->shape;
  vector columns[SIDE][TILE];
#pragma unroll
  for (int j = 0; j < SIDE; j++) {
    vector column[SIDE];
#pragma unroll
    for (int i = 0; i < SIDE; i++) column[i] = load(m + (i * SIDE + j) * step);
    transform_back(columns[j], column, 1);
  }
  if (job->pools) {
    store_greatest(job, tile, block, columns, bias);
    return;
  }
  ptrdiff_t each = job->tiles_down * job->tiles_across, image = tile / each, inner = tile % each;
  ptrdiff_t y = inner / job->tiles_across * TILE, x = inner % job->tiles_across * TILE;
  ptrdiff_t height = s->out_height - y, width = s->out_width - x;
  ptrdiff_t offset = (((image * job->output_blocks + block) * s->out_height + y) * s->out_width + x) * BLOCK;
#pragma unroll
  for (int i = 0; i < TILE; i++) {
    if (i >= height) break;
    vector out[TILE];
    transform_back(out, &columns[0][i], TILE);
#pragma unroll
    for (int j = 0; j < TILE; j++) {
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

const lucid_winograd_kernel KERNEL = {TILE, BLOCK, ROWS, pack, transform, multiply};
