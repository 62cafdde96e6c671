#include "CLucidKernels.h"

// Networks limit numbers after every layer, forwards and backwards: memory is all that these loops should wait for. The
// comparisons are such that NaN stays NaN. Each is compiled for the baseline and for AVX2.

#define INLINE static inline __attribute__((always_inline))

INLINE void clamp(const float *restrict x, float *restrict y, ptrdiff_t count, float low, float high) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float raised = x[i] < low ? low : x[i];
    y[i] = raised > high ? high : raised;
  }
}

INLINE void clamp_gradient(const float *restrict gradient, const float *restrict y, float *restrict result,
                           ptrdiff_t count, float low, float high) {
  for (ptrdiff_t i = 0; i < count; i++) result[i] = y[i] > low && y[i] < high ? gradient[i] : 0.0f;
}

INLINE void relu(const float *restrict x, float *restrict y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] < 0.0f ? 0.0f : x[i];
}

INLINE void relu_gradient(const float *restrict gradient, const float *restrict y, float *restrict result,
                           ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) result[i] = y[i] > 0.0f ? gradient[i] : 0.0f;
}

#if defined(__x86_64__)
#define AVX2(name, parameters, body) __attribute__((target("avx2"))) static void name parameters { body; }
AVX2(clamp_avx2, (const float *x, float *y, ptrdiff_t n, float low, float high), clamp(x, y, n, low, high))
AVX2(clamp_gradient_avx2, (const float *g, const float *y, float *r, ptrdiff_t n, float low, float high),
     clamp_gradient(g, y, r, n, low, high))
AVX2(relu_avx2, (const float *x, float *y, ptrdiff_t n), relu(x, y, n))
AVX2(relu_gradient_avx2, (const float *g, const float *y, float *r, ptrdiff_t n), relu_gradient(g, y, r, n))
#define CHOOSE(name, ...) \
  if (__builtin_cpu_supports("avx2")) { \
    name##_avx2(__VA_ARGS__); \
    return; \
  }
#else
#define CHOOSE(name, ...)
#endif

void lucid_clamp(const float *x, float *y, ptrdiff_t count, float low, float high) {
  CHOOSE(clamp, x, y, count, low, high)
  clamp(x, y, count, low, high);
}

void lucid_clamp_gradient(const float *gradient, const float *y, float *result, ptrdiff_t count, float low,
                          float high) {
  CHOOSE(clamp_gradient, gradient, y, result, count, low, high)
  clamp_gradient(gradient, y, result, count, low, high);
}

void lucid_relu(const float *x, float *y, ptrdiff_t count) {
  CHOOSE(relu, x, y, count)
  relu(x, y, count);
}

void lucid_relu_gradient(const float *gradient, const float *y, float *result, ptrdiff_t count) {
  CHOOSE(relu_gradient, gradient, y, result, count)
  relu_gradient(gradient, y, result, count);
}
