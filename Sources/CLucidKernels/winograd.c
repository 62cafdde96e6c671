#include "winograd_kernel.h"

// The choice of a kind, the transformation of weights, and the way of the tiles through the cores and their caches.

enum { F = LUCID_WINOGRAD_FREQUENCIES };

bool lucid_winograd_available(lucid_winograd_kind kind) {
#if defined(__x86_64__)
  if (kind == LUCID_WINOGRAD_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (kind == LUCID_WINOGRAD_AVX512) return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
#endif
  return kind == LUCID_WINOGRAD_PORTABLE;
}

lucid_winograd_kind lucid_winograd_best(void) {
  for (lucid_winograd_kind kind = LUCID_WINOGRAD_AVX512; kind > LUCID_WINOGRAD_PORTABLE; kind--)
    if (lucid_winograd_available(kind)) return kind;
  return LUCID_WINOGRAD_PORTABLE;
}

static const lucid_winograd_kernel *kernel_of(lucid_winograd_kind kind) {
#if defined(__x86_64__)
  if (kind == LUCID_WINOGRAD_AVX2) return &lucid_winograd_avx2;
  if (kind == LUCID_WINOGRAD_AVX512) return &lucid_winograd_avx512;
#endif
  return &lucid_winograd_portable;
}

static ptrdiff_t divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

ptrdiff_t lucid_winograd_block(lucid_winograd_kind kind) { return kernel_of(kind)->block; }

// MARK: weights

size_t lucid_winograd_weight_count(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs) {
  ptrdiff_t block = kernel_of(kind)->block, panel = 2 * block;
  return (size_t)(divide_up(outputs, panel) * F * divide_up(inputs, block) * block * panel);
}

typedef struct {
  ptrdiff_t inputs, outputs, padded_inputs, panel;
  /// How far apart neighbouring inputs and outputs are in the weight.
  ptrdiff_t input_stride, output_stride;
  bool flips;
  const float *weight;
  float *packed;
} pack_t;

static const double G[6][3] = {
    {1 / 4., 0, 0},         {-1 / 6., -1 / 6., -1 / 6.}, {-1 / 6., 1 / 6., -1 / 6.},
    {1 / 24., 1 / 12., 1 / 6.}, {1 / 24., -1 / 12., 1 / 6.}, {0, 0, 1},
};

enum { WIDEST_PANEL = 32 };

/// G g Gᵀ for one input and the outputs of a panel.
static void pack_input(const pack_t *pack, ptrdiff_t panel, ptrdiff_t input) {
  double g[9][WIDEST_PANEL] = {{0}}, half[6][3][WIDEST_PANEL] = {{{0}}};
  ptrdiff_t width = pack->panel, first = panel * width, count = least(width, pack->outputs - first);
  if (input < pack->inputs) {
    for (ptrdiff_t o = 0; o < count; o++) {
      const float *window = pack->weight + (first + o) * pack->output_stride + input * pack->input_stride;
      for (int tap = 0; tap < 9; tap++) g[tap][o] = window[pack->flips ? 8 - tap : tap];
    }
  }
  for (int i = 0; i < 6; i++)
    for (int l = 0; l < 3; l++)
      for (int j = 0; j < 3; j++)
        for (ptrdiff_t o = 0; o < width; o++) half[i][j][o] += G[i][l] * g[l * 3 + j][o];
  float *out = pack->packed + (panel * F * pack->padded_inputs + input) * width;
  for (int i = 0; i < 6; i++) {
    for (int j = 0; j < 6; j++) {
      for (ptrdiff_t o = 0; o < width; o++)
        out[o] = (float)(half[i][0][o] * G[j][0] + half[i][1][o] * G[j][1] + half[i][2][o] * G[j][2]);
      out += pack->padded_inputs * width;
    }
  }
}

static void pack_panels(void *context, ptrdiff_t first, ptrdiff_t last) {
  const pack_t *pack = context;
  for (ptrdiff_t panel = first; panel < last; panel++)
    for (ptrdiff_t input = 0; input < pack->padded_inputs; input++) pack_input(pack, panel, input);
}

void lucid_winograd_pack(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs, const float *weight,
                         bool for_gradient, float *packed) {
  ptrdiff_t block = kernel_of(kind)->block, panel = 2 * block;
  pack_t pack = {
      .inputs = inputs,
      .outputs = outputs,
      .padded_inputs = divide_up(inputs, block) * block,
      .panel = panel,
      .input_stride = for_gradient ? outputs * 9 : 9,
      .output_stride = for_gradient ? 9 : inputs * 9,
      .flips = for_gradient,
      .weight = weight,
      .packed = packed,
  };
  lucid_parallel_for(divide_up(outputs, panel), 1, pack_panels, &pack);
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
  ptrdiff_t block = s.kernel->block;
  s.tiles = shape->batch * divide_up(shape->out_height, LUCID_WINOGRAD_TILE) *
            divide_up(shape->out_width, LUCID_WINOGRAD_TILE);
  s.input_blocks = divide_up(shape->inputs, block);
  ptrdiff_t near = NEAR_BYTES / (F * s.input_blocks * block * (ptrdiff_t)sizeof(float));
  ptrdiff_t own = least(near, MOST_OWN) / s.kernel->rows * s.kernel->rows;
  s.shares = own < LEAST_OWN || s.tiles < LEAST_OWN * threads;
  s.at_once = s.shares ? least(s.tiles, MOST_SHARED) : own;
  s.transformed_stride = s.at_once * s.input_blocks * block + LUCID_WINOGRAD_GAP;
  s.transformed = F * s.transformed_stride;
  ptrdiff_t products = F * (s.at_once * 2 * block + LUCID_WINOGRAD_GAP), panels = divide_up(shape->outputs, 2 * block);
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
                    float beta, float *y, float *scratch, ptrdiff_t threads) {
  run_t run = {.schedule = schedule_of(kind, shape, threads), .scratch = scratch};
  run.job = (lucid_winograd_job){
      .shape = *shape,
      .input_blocks = run.schedule.input_blocks,
      .output_blocks = divide_up(shape->outputs, run.schedule.kernel->block),
      .tiles_down = divide_up(shape->out_height, LUCID_WINOGRAD_TILE),
      .tiles_across = divide_up(shape->out_width, LUCID_WINOGRAD_TILE),
      .x = x,
      .packed = packed,
      .bias = bias,
      .residual = residual,
      .y = y,
      .activation = activation,
      .alpha = alpha,
      .beta = beta,
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
