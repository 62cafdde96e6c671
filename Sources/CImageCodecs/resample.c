#include <string.h>

#include "CImageCodecs.h"

// The compiler makes one version for any processor and one for those with wider registers; the loader picks.
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_CPU __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_CPU
#endif

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int32_t ints4 __attribute__((vector_size(16)));

static const int32_t half = 1 << (LUCID_RESAMPLE_BITS - 1);

static inline uint8_t rounded(int32_t sum) {
  int32_t value = sum >> LUCID_RESAMPLE_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

FOR_EACH_CPU void lucid_resample_row(const uint8_t *row, uint8_t *out, const lucid_resample_plan *plan) {
  for (ptrdiff_t index = 0; index < plan->count; index++) {
    const uint8_t *pixel = row + 3 * (ptrdiff_t)plan->first[index];
    const int32_t *weights = plan->weights + index * plan->stride;
    ints4 sums = {half, half, half, half};
    for (int32_t tap = 0; tap < plan->taps[index]; tap++, pixel += 3) {
      bytes4 values;  // the fourth belongs to the next pixel
      memcpy(&values, pixel, sizeof values);
      sums += __builtin_convertvector(values, ints4) * weights[tap];
    }
    for (int channel = 0; channel < 3; channel++) *out++ = rounded(sums[channel]);
  }
}

FOR_EACH_CPU void lucid_resample_column(const uint8_t *rows, uint8_t *out, const lucid_resample_plan *plan,
                                        ptrdiff_t index, ptrdiff_t row_bytes, ptrdiff_t bytes, int32_t *sums) {
  const uint8_t *row = rows + plan->first[index] * row_bytes;
  const int32_t *weights = plan->weights + index * plan->stride;
  for (ptrdiff_t i = 0; i < bytes; i++) sums[i] = half;
  for (int32_t tap = 0; tap < plan->taps[index]; tap++, row += row_bytes) {
    int32_t weight = weights[tap];
    for (ptrdiff_t i = 0; i < bytes; i++) sums[i] += row[i] * weight;
  }
  for (ptrdiff_t i = 0; i < bytes; i++) out[i] = rounded(sums[i]);
}
