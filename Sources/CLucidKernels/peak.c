#include <time.h>

#include "CLucidKernels.h"

// Enough independent sums for the latency of a multiplication with addition, times the two that a core begins at once.
#define SUMS 12
// About a millisecond for one core.
#define STEPS 150000

typedef struct {
  // Adds to the sums so often; returns them summed up, so that nothing is left out.
  float (*run)(ptrdiff_t steps);
  ptrdiff_t operations;
} kernel_t;

#define KERNEL(name, target, width)                                                       \
  typedef float name##_vector __attribute__((vector_size(4 * (width))));                  \
  target static float name(ptrdiff_t steps) {                                             \
    name##_vector sums[SUMS], factor = {0}, term = {0};                                   \
    factor += 0.999f;                                                                     \
    term += 0.001f;                                                                       \
    for (int i = 0; i < SUMS; i++) sums[i] = term * (float)i;                             \
    for (ptrdiff_t step = 0; step < steps; step++) {                                      \
      _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + term; \
    }                                                                                     \
    float total = 0;                                                                      \
    for (int i = 0; i < SUMS; i++)                                                        \
      for (int lane = 0; lane < (width); lane++) total += sums[i][lane];                  \
    return total;                                                                         \
  }

#if defined(__x86_64__)
KERNEL(avx512, __attribute__((target("avx512f,fma"))), 16)
KERNEL(avx2, __attribute__((target("avx2,fma"))), 8)
#endif
KERNEL(portable, , 4)

static kernel_t best_kernel(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("fma")) {
    if (__builtin_cpu_supports("avx512f")) return (kernel_t){avx512, 2 * 16 * SUMS};
    if (__builtin_cpu_supports("avx2")) return (kernel_t){avx2, 2 * 8 * SUMS};
  }
#endif
  return (kernel_t){portable, 2 * 4 * SUMS};
}

typedef struct {
  kernel_t kernel;
  float *sums;
} work_t;

static void run_member(void *context, ptrdiff_t member, ptrdiff_t count) {
  (void)count;
  work_t *work = context;
  work->sums[member] = work->kernel.run(STEPS);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double lucid_peak_flops(ptrdiff_t threads, float *sums) {
  work_t work = {best_kernel(), sums};
  double best = 0;
  // The first times wake threads, and raise clocks.
  for (int round = 0; round < 20; round++) {
    double start = seconds();
    lucid_parallel_team(threads, run_member, &work);
    double rate = (double)work.kernel.operations * STEPS * (double)threads / (seconds() - start);
    if (rate > best) best = rate;
  }
  return best;
}
