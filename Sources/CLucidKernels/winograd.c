#include "winograd_kernel.h"

// The choice of a kind, the transformation of weights, and the way of the tiles through the cores and their caches.

bool lucid_winograd_available(lucid_winograd_kind kind) {
#if defined(__x86_64__)
  bool fma = __builtin_cpu_supports("fma");
  if (kind == LUCID_WINOGRAD_AVX2 || kind == LUCID_WINOGRAD_2X2_AVX2) return fma && __builtin_cpu_supports("avx2");
  if (kind == LUCID_WINOGRAD_AVX512 || kind == LUCID_WINOGRAD_2X2_AVX512) return fma && __builtin_cpu_supports("avx512f");
#endif
  return kind == LUCID_WINOGRAD_PORTABLE || kind == LUCID_WINOGRAD_2X2_PORTABLE;
}

lucid_winograd_kind lucid_winograd_best(bool small) {
  lucid_winograd_kind least = small ? LUCID_WINOGRAD_2X2_PORTABLE : LUCID_WINOGRAD_PORTABLE;
  for (lucid_winograd_kind kind = least + 2; kind > least; kind--)
    if (lucid_winograd_available(kind)) return kind;
  return least;
}

static const lucid_winograd_kernel *kernel_of(lucid_winograd_kind kind) {
  switch (kind) {
#if defined(__x86_64__)
    case LUCID_WINOGRAD_AVX2: return &lucid_winograd_avx2;
    case LUCID_WINOGRAD_AVX512: return &lucid_winograd_avx512;
    case LUCID_WINOGRAD_2X2_AVX2: return &lucid_winograd_2x2_avx2;
    case LUCID_WINOGRAD_2X2_AVX512: return &lucid_winograd_2x2_avx512;
#endif
    case LUCID_WINOGRAD_2X2_PORTABLE: return &lucid_winograd_2x2_portable;
    default: return &lucid_winograd_portable;
  }
}

/// How many frequencies a tile is transformed to.
static ptrdiff_t frequencies(const lucid_winograd_kernel *kernel) { return (kernel->tile + 2) * (kernel->tile + 2); }

static ptrdiff_t divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

ptrdiff_t lucid_winograd_block(lucid_winograd_kind kind) { return kernel_of(kind)->block; }

// MARK: weights

size_t lucid_winograd_weight_count(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs) {
  const lucid_winograd_kernel *kernel = kernel_of(kind);
  ptrdiff_t block = kernel->block, panel = 2 * block;
  return (size_t)(divide_up(outputs, panel) * frequencies(kernel) * divide_up(inputs, block) * block * panel);
}

typedef struct {
  const lucid_winograd_kernel *kernel;
  lucid_winograd_pack_job job;
} pack_t;

static void pack_panels(void *context, ptrdiff_t first, ptrdiff_t last) {
  const pack_t *pack = context;
  pack->kernel->pack(&pack->job, first, last);
}

void lucid_winograd_pack(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs, const float *weight,
                         bool for_gradient, float *packed) {
  pack_t pack = {
      .kernel = kernel_of(kind),
      .job = {
          .inputs = inputs,
          .outputs = outputs,
          .input_stride = for_gradient ? outputs * 9 : 9,
          .output_stride = for_gradient ? 9 : inputs * 9,
          .flips = for_gradient,
          .weight = weight,
          .packed = packed,
      },
  };
  lucid_parallel_for(divide_up(outputs, 2 * pack.kernel->block), 1, pack_panels, &pack);
}

// MARK: tiles

/// How tiles are worked on. Either each thread takes tiles of its own through all steps, few enough that what belongs to
/// them stays in its second-level cache. Or, where there are too few tiles for that or they have too many channels, all
/// threads work on the same tiles, each on channels of its own, so that every weight is read once.
typedef struct {
  const lucid_winograd_kernel *kernel;
  bool shares;
  /// Tiles at a time, at most.
  ptrdiff_t at_once;
  /// Panels of outputs at a time, at most.
  ptrdiff_t panels;
  ptrdiff_t tiles, input_blocks;
  /// Floats of transformed inputs and of products.
  ptrdiff_t transformed, transformed_stride, products;
} schedule_t;

/// What a core keeps near, in bytes: half a megabyte of second-level cache is common.
enum { NEAR_BYTES = 512 << 10, LEAST_OWN = 12, MOST_OWN = 24, MOST_SHARED = 96, MOST_PANELS = 16 };

static schedule_t schedule_of(lucid_winograd_kind kind, const lucid_winograd_shape *shape, ptrdiff_t threads) {
  schedule_t s = {.kernel = kernel_of(kind)};
  ptrdiff_t block = s.kernel->block, tile = s.kernel->tile, all = frequencies(s.kernel);
  s.tiles = shape->batch * divide_up(shape->out_height, tile) * divide_up(shape->out_width, tile);
  s.input_blocks = divide_up(shape->inputs, block);
  ptrdiff_t near = NEAR_BYTES / (all * s.input_blocks * block * (ptrdiff_t)sizeof(float));
  ptrdiff_t own = least(near, MOST_OWN) / s.kernel->rows * s.kernel->rows;
  s.shares = own < LEAST_OWN || s.tiles < LEAST_OWN * threads;
  s.at_once = s.shares ? least(s.tiles, MOST_SHARED) : own;
  s.transformed_stride = s.at_once * s.input_blocks * block + LUCID_WINOGRAD_GAP;
  s.transformed = all * s.transformed_stride;
  ptrdiff_t products = all * (s.at_once * 2 * block + LUCID_WINOGRAD_GAP), panels = divide_up(shape->outputs, 2 * block);
  s.panels = 1;
  // Where all transformed inputs do not stay near, those of one frequency do: several panels are multiplied by them.
  if (s.transformed * (ptrdiff_t)sizeof(float) > NEAR_BYTES / 2) s.panels = least(divide_up(panels, threads), MOST_PANELS);
  s.products = s.panels * products;
  return s;
}

size_t lucid_winograd_scratch_count(lucid_winograd_kind kind, const lucid_winograd_shape *shape, ptrdiff_t threads) {
  schedule_t s = schedule_of(kind, shape, threads);
  return (size_t)((s.shares ? s.transformed : s.transformed * threads) + s.products * threads);
}

typedef struct {
  lucid_winograd_job job;
  schedule_t schedule;
  float *scratch;
  /// The tiles that all threads work on.
  ptrdiff_t first, last;
} run_t;

/// The memory of one thread, for tiles [first, last).
static lucid_winograd_tiles tiles_of(const run_t *run, ptrdiff_t member, ptrdiff_t first, ptrdiff_t last) {
  const schedule_t *s = &run->schedule;
  float *own = run->scratch + (s->shares ? s->transformed + member * s->products
                                         : member * (s->transformed + s->products));
  return (lucid_winograd_tiles){
      .first = first,
      .count = last - first,
      .transformed = s->shares ? run->scratch : own,
      .transformed_stride = s->transformed_stride,
      .panels = s->panels,
      .products = s->shares ? own : own + s->transformed,
  };
}

static ptrdiff_t panel_count(const run_t *run) { return divide_up(run->job.output_blocks, 2); }

static void run_own(void *context, ptrdiff_t member, ptrdiff_t count) {
  const run_t *run = context;
  ptrdiff_t first = run->schedule.tiles * member / count, last = run->schedule.tiles * (member + 1) / count;
  ptrdiff_t steps = divide_up(last - first, run->schedule.at_once);
  for (ptrdiff_t step = 0; step < steps; step++) {
    lucid_winograd_tiles tiles = tiles_of(run, member, first + (last - first) * step / steps,
                                          first + (last - first) * (step + 1) / steps);
    run->schedule.kernel->transform(&run->job, &tiles, 0, run->job.input_blocks);
    run->schedule.kernel->multiply(&run->job, &tiles, 0, panel_count(run));
  }
}

static void transform_share(void *context, ptrdiff_t member, ptrdiff_t count) {
  const run_t *run = context;
  ptrdiff_t blocks = run->job.input_blocks;
  lucid_winograd_tiles tiles = tiles_of(run, member, run->first, run->last);
  run->schedule.kernel->transform(&run->job, &tiles, blocks * member / count, blocks * (member + 1) / count);
}

static void multiply_share(void *context, ptrdiff_t member, ptrdiff_t count) {
  const run_t *run = context;
  ptrdiff_t panels = panel_count(run);
  lucid_winograd_tiles tiles = tiles_of(run, member, run->first, run->last);
  run->schedule.kernel->multiply(&run->job, &tiles, panels * member / count, panels * (member + 1) / count);
}

void lucid_winograd(lucid_winograd_kind kind, const lucid_winograd_shape *shape, const float *x, const float *packed,
                    const float *bias, const float *residual, lucid_winograd_activation activation, float alpha,
                    float beta, bool pools, float *y, float *scratch, ptrdiff_t threads) {
  run_t run = {.schedule = schedule_of(kind, shape, threads), .scratch = scratch};
  run.job = (lucid_winograd_job){
      .shape = *shape,
      .input_blocks = run.schedule.input_blocks,
      .output_blocks = divide_up(shape->outputs, run.schedule.kernel->block),
      .tiles_down = divide_up(shape->out_height, run.schedule.kernel->tile),
      .tiles_across = divide_up(shape->out_width, run.schedule.kernel->tile),
      .x = x,
      .packed = packed,
      .bias = bias,
      .residual = residual,
      .y = y,
      .activation = activation,
      .alpha = alpha,
      .beta = beta,
      .pools = pools,
  };
  if (run.schedule.tiles == 0) return;
  if (!run.schedule.shares) {
    lucid_parallel_team(threads, run_own, &run);
    return;
  }
  ptrdiff_t steps = divide_up(run.schedule.tiles, run.schedule.at_once);
  for (ptrdiff_t step = 0; step < steps; step++) {
    run.first = run.schedule.tiles * step / steps;
    run.last = run.schedule.tiles * (step + 1) / steps;
    lucid_parallel_team(threads, transform_share, &run);
    lucid_parallel_team(threads, multiply_share, &run);
  }
}
