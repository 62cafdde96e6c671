#include <string.h>

#include "depthwise_kernel.h"

/// What a thread's rows may take, so that they and the weights stay in its second-level cache, which has 512 kB or more.
static const size_t cache_bytes = 300 << 10;

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static ptrdiff_t most(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

/// How many blocks of 8 channels are computed at a time, where so many are left: two or three, one only where there is one.
static int panel(ptrdiff_t blocks) { return blocks == 3 ? 3 : blocks >= 2 ? 2 : 1; }

/// How a run is divided: pictures into segments of rows, a segment into steps of rows that a thread computes at once.
typedef struct {
  ptrdiff_t segments;  ///< of a picture
  ptrdiff_t step;      ///< rows of output
  ptrdiff_t rows;      ///< of expanded input that a step needs
  ptrdiff_t row;       ///< floats of such a row of 8 channels, with the zeros at its ends
  size_t expanded, filtered, places, all;  ///< floats of the parts of a thread's memory, and of all
} division;

static division divide(const lucid_depthwise_block *b) {
  division d;
  ptrdiff_t threads = lucid_thread_count();
  d.segments = 1;
  while (d.segments < b->out_height && b->batch * d.segments < 4 * threads && b->batch * d.segments % threads != 0)
    d.segments++;
  d.row = 8 * most((b->out_width - 1) * b->stride + b->kernel, b->pad_left + b->width);
  ptrdiff_t rows = (b->out_height + d.segments - 1) / d.segments;
  for (d.step = rows; d.step > 1; d.step--) {
    size_t expanded = (size_t)(((d.step - 1) * b->stride + b->kernel) * d.row * (b->hidden / 8));
    if ((expanded + (size_t)(d.step * b->out_width * b->hidden)) * sizeof(float) <= cache_bytes) break;
  }
  ptrdiff_t steps = (rows + d.step - 1) / d.step;
  d.step = (rows + steps - 1) / steps;
  d.rows = (d.step - 1) * b->stride + b->kernel;
  d.expanded = (size_t)(b->hidden / 8 * d.rows * d.row);
  d.filtered = (size_t)(b->hidden * d.step * b->out_width);
  d.places = (size_t)(d.rows * b->width) * (sizeof(ptrdiff_t) / sizeof(float));
  d.all = (d.expanded + d.filtered + d.places + 15) / 16 * 16;
  return d;
}

typedef struct {
  const lucid_depthwise_kernel *kernel;
  const lucid_depthwise_block *block;
  division division;
  const float *x, *residual;
  float *y, *scratch;
} run;

/// Fills rows `from` to `to` of the input, expanded, into a buffer whose first row is `base`, for some blocks of channels.
static void expand(const run *r, const float *x, ptrdiff_t hidden, int blocks, float *buffer, const ptrdiff_t *places,
                   ptrdiff_t base, ptrdiff_t from, ptrdiff_t to) {
  const lucid_depthwise_block *b = r->block;
  const division *d = &r->division;
  ptrdiff_t plane = b->height * b->width * 8;
  if (from >= to) return;
  if (!b->expand) {
    for (int i = 0; i < blocks; i++)
      for (ptrdiff_t row = from; row < to; row++)
        memcpy(buffer + (i * d->rows + row - base) * d->row + b->pad_left * 8,
               x + (hidden + i) * plane + row * b->width * 8, (size_t)b->width * 8 * sizeof(float));
    return;
  }
  lucid_pointwise job = {
      .x = x + from * b->width * 8,
      .x_plane = plane,
      .inputs = b->inputs,
      .weight = b->expand + hidden * 8 * b->inputs,
      .bias = b->expand_bias + hidden * 8,
      .limits = b->expanded,
      .y = buffer,
      .y_plane = d->rows * d->row,
      .places = places,
  };
  r->kernel->pointwise(&job, blocks, (to - from) * b->width);
}

/// Computes rows `first` to `last` of one picture.
static void compute_rows(const run *r, ptrdiff_t picture, ptrdiff_t first, ptrdiff_t last, float *memory) {
  const lucid_depthwise_block *b = r->block;
  const division *d = &r->division;
  float *expanded = memory, *filtered = expanded + d->expanded;
  ptrdiff_t *places = (ptrdiff_t *)(filtered + d->filtered);
  const float *x = r->x + picture * b->inputs * b->height * b->width;
  ptrdiff_t plane = d->rows * d->row, groups = b->hidden / 8;
  ptrdiff_t there = -1;  // expanded rows before this one are there from the step before
  for (ptrdiff_t row = first; row < last; row += d->step) {
    ptrdiff_t rows = least(d->step, last - row);
    ptrdiff_t base = row * b->stride - b->pad_top, end = base + (rows - 1) * b->stride + b->kernel;
    ptrdiff_t begin = most(base, 0), stop = most(least(end, b->height), begin), from = begin;
    if (there > from) from = least(there, stop);
    for (ptrdiff_t group = 0; group < groups; group++) {
      float *buffer = expanded + group * plane;
      size_t line = (size_t)d->row * sizeof(float);
      if (there > begin) memmove(buffer, buffer + d->step * b->stride * d->row, (size_t)(from - base) * line);
      else if (begin > base) memset(buffer, 0, (size_t)(least(begin, end) - base) * line);
      if (end > stop) memset(buffer + (stop - base) * d->row, 0, (size_t)(end - stop) * line);
    }
    ptrdiff_t *place = places;
    for (ptrdiff_t i = from; i < stop; i++)
      for (ptrdiff_t j = 0; j < b->width; j++) *place++ = (i - base) * d->row + (b->pad_left + j) * 8;
    for (ptrdiff_t group = 0, blocks; group < groups; group += blocks) {
      blocks = panel(groups - group);
      expand(r, x, group, (int)blocks, expanded + group * plane, places, base, from, stop);
      for (ptrdiff_t i = group; i < group + blocks; i++) {
        lucid_depthwise job = {
            .kernel = b->kernel,
            .stride = b->stride,
            .x = expanded + i * plane,
            .x_row = d->row,
            .weight = b->depth + i * 8 * b->kernel * b->kernel,
            .bias = b->depth_bias + i * 8,
            .limits = b->filtered,
            .y = filtered + i * rows * b->out_width * 8,
            .rows = rows,
            .columns = b->out_width,
        };
        r->kernel->depthwise(&job);
      }
    }
    there = stop;
    ptrdiff_t outputs = b->outputs / 8, out_plane = b->out_height * b->out_width * 8;
    for (ptrdiff_t group = 0, blocks; group < outputs; group += blocks) {
      blocks = panel(outputs - group);
      ptrdiff_t offset = (picture * outputs + group) * out_plane + row * b->out_width * 8;
      lucid_pointwise job = {
          .x = filtered,
          .x_plane = rows * b->out_width * 8,
          .inputs = b->hidden,
          .weight = b->project + group * 8 * b->hidden,
          .bias = b->project_bias + group * 8,
          .limits = b->projected,
          .y = r->y + offset,
          .y_plane = out_plane,
          .residual = r->residual ? r->residual + offset : NULL,
      };
      r->kernel->pointwise(&job, (int)blocks, rows * b->out_width);
    }
  }
}

static void compute(void *context, ptrdiff_t member, ptrdiff_t members) {
  const run *r = context;
  const division *d = &r->division;
  ptrdiff_t units = r->block->batch * d->segments, rows = r->block->out_height;
  float *memory = r->scratch + (size_t)member * d->all;
  memset(memory, 0, d->expanded * sizeof(float));  // the zeros at the ends of rows are never written to
  for (ptrdiff_t unit = units * member / members; unit < units * (member + 1) / members; unit++) {
    ptrdiff_t segment = unit % d->segments;
    compute_rows(r, unit / d->segments, rows * segment / d->segments, rows * (segment + 1) / d->segments, memory);
  }
}

lucid_depthwise_kind lucid_depthwise_best(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LUCID_DEPTHWISE_AVX2;
#endif
  return LUCID_DEPTHWISE_PORTABLE;
}

bool lucid_depthwise_pays(void) {
#if defined(__x86_64__)
  // With AVX-512, oneDNN computes twice as much at a time and keeps blocks of 16 channels.
  return lucid_depthwise_best() == LUCID_DEPTHWISE_AVX2 && !__builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

void lucid_depthwise_pack(const float *matrix, ptrdiff_t outputs, ptrdiff_t inputs, float *packed) {
  for (ptrdiff_t group = 0, blocks; group < outputs / 8; group += blocks) {
    blocks = panel(outputs / 8 - group);
    for (ptrdiff_t input = 0; input < inputs; input++)
      for (ptrdiff_t i = 0; i < 8 * blocks; i++) *packed++ = matrix[(group * 8 + i) * inputs + input];
  }
}

size_t lucid_depthwise_scratch(const lucid_depthwise_block *block) {
  return divide(block).all * (size_t)lucid_thread_count() * sizeof(float);
}

void lucid_depthwise_run(lucid_depthwise_kind kind, const lucid_depthwise_block *block, const float *x,
                         const float *residual, float *y, void *scratch) {
  const lucid_depthwise_kernel *kernel = &lucid_depthwise_portable;
#if defined(__x86_64__)
  if (kind == LUCID_DEPTHWISE_AVX2) kernel = &lucid_depthwise_avx2;
#endif
  run r = {kernel, block, divide(block), x, residual, y, scratch};
  lucid_parallel_team(least(lucid_thread_count(), block->batch * r.division.segments), compute, &r);
}
