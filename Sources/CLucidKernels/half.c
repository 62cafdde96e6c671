#include "CLucidKernels.h"

#include <string.h>

// Conversion between IEEE 754 half and single precision. x86 has had instructions for it since 2012 (F16C), but not in
// the baseline that programs are compiled for: without them a compiler calls a function for every number.

static void widen_plain(const uint16_t *source, float *target, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    _Float16 value;
    memcpy(&value, source + i, sizeof value);
    target[i] = (float)value;
  }
}

static void narrow_plain(const float *source, uint16_t *target, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    _Float16 value = (_Float16)source[i];
    memcpy(target + i, &value, sizeof value);
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx,f16c"))) static void widen_f16c(const uint16_t *source, float *target, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(target + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(source + i))));
  if (i == count) return;
  uint16_t rest[8] = {0};
  float wide[8];
  memcpy(rest, source + i, (size_t)(count - i) * sizeof *source);
  _mm256_storeu_ps(wide, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)rest)));
  memcpy(target + i, wide, (size_t)(count - i) * sizeof *target);
}

__attribute__((target("avx,f16c"))) static void narrow_f16c(const float *source, uint16_t *target, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm_storeu_si128((__m128i *)(target + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(source + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  if (i == count) return;
  float rest[8] = {0};
  uint16_t narrow[8];
  memcpy(rest, source + i, (size_t)(count - i) * sizeof *source);
  _mm_storeu_si128((__m128i *)narrow,
                   _mm256_cvtps_ph(_mm256_loadu_ps(rest), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  memcpy(target + i, narrow, (size_t)(count - i) * sizeof *target);
}

static int has_f16c(void) { return __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c"); }
#endif

void lucid_half_to_float(const uint16_t *source, float *target, ptrdiff_t count) {
#if defined(__x86_64__)
  if (has_f16c()) {
    widen_f16c(source, target, count);
    return;
  }
#endif
  widen_plain(source, target, count);
}

void lucid_float_to_half(const float *source, uint16_t *target, ptrdiff_t count) {
#if defined(__x86_64__)
  if (has_f16c()) {
    narrow_f16c(source, target, count);
    return;
  }
#endif
  narrow_plain(source, target, count);
}
