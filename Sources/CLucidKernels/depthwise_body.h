// The inner loops of the depthwise block, compiled once for each kind of processor: KERNEL names it, TARGET is the
// attribute that allows its instructions. Loops over pixels and channels are unrolled, so that sums stay in registers.

#include "depthwise_kernel.h"

typedef float vec __attribute__((vector_size(32), aligned(4)));

#define INLINE static inline __attribute__((always_inline)) TARGET
#define UNROLLED _Pragma("clang loop unroll(full)")
#define LOAD(p) (*(const vec *)(p))
#define SPLAT(f) ((vec){f, f, f, f, f, f, f, f})
#define LIMITED(v, low, high) __builtin_elementwise_min(__builtin_elementwise_max((v), (low)), (high))

/// `pixels` pixels from p, to `blocks` times 8 channels; both are constants where this is inlined.
INLINE void pointwise_tile(int pixels, int blocks, const lucid_pointwise *job, ptrdiff_t p) {
  vec sums[6][3];
  UNROLLED for (int m = 0; m < pixels; m++) UNROLLED for (int b = 0; b < blocks; b++) sums[m][b] = SPLAT(0.0f);
  const float *x = job->x + p * 8, *weight = job->weight;
  for (ptrdiff_t input = 0; input < job->inputs; input += 8, x += job->x_plane) {
    UNROLLED for (int j = 0; j < 8; j++, weight += 8 * blocks) {
      vec w[3];
      UNROLLED for (int b = 0; b < blocks; b++) w[b] = LOAD(weight + 8 * b);
      UNROLLED for (int m = 0; m < pixels; m++) {
        vec value = SPLAT(x[m * 8 + j]);
        UNROLLED for (int b = 0; b < blocks; b++) sums[m][b] += value * w[b];
      }
    }
  }
  vec low = SPLAT(job->limits.low), high = SPLAT(job->limits.high);
  UNROLLED for (int b = 0; b < blocks; b++) {
    vec bias = LOAD(job->bias + 8 * b);
    UNROLLED for (int m = 0; m < pixels; m++) {
      ptrdiff_t place = b * job->y_plane + (job->places ? job->places[p + m] : (p + m) * 8);
      vec value = sums[m][b] + bias;
      if (job->residual) value += LOAD(job->residual + place);
      *(vec *)(job->y + place) = LIMITED(value, low, high);
    }
  }
}

/// Tiles of as equal sizes as possible: a last one of a single pixel would wait for each multiplication.
INLINE void pointwise_tiles(int most, int blocks, const lucid_pointwise *job, ptrdiff_t count) {
  ptrdiff_t tiles = (count + most - 1) / most;
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    ptrdiff_t p = count * tile / tiles;
    switch (count * (tile + 1) / tiles - p) {
      case 1: pointwise_tile(1, blocks, job, p); break;
      case 2: pointwise_tile(2, blocks, job, p); break;
      case 3: pointwise_tile(3, blocks, job, p); break;
      case 4: pointwise_tile(4, blocks, job, p); break;
      case 5: pointwise_tile(most < 5 ? most : 5, blocks, job, p); break;
      default: pointwise_tile(most, blocks, job, p);
    }
  }
}

TARGET static void pointwise(const lucid_pointwise *job, int blocks, ptrdiff_t count) {
  switch (blocks) {
    case 1: pointwise_tiles(6, 1, job, count); break;
    case 2: pointwise_tiles(6, 2, job, count); break;
    default: pointwise_tiles(4, 3, job, count);
  }
}

/// `pixels` neighbouring outputs of one row.
INLINE void depthwise_tile(int pixels, int kernel, int stride, const lucid_depthwise *job, const float *x, float *y) {
  vec sums[8], bias = LOAD(job->bias), low = SPLAT(job->limits.low), high = SPLAT(job->limits.high);
  UNROLLED for (int t = 0; t < pixels; t++) sums[t] = bias;
  const float *weight = job->weight;
  for (int i = 0; i < kernel; i++, x += job->x_row) {
    UNROLLED for (int j = 0; j < kernel; j++, weight += 8) {
      vec w = LOAD(weight);
      UNROLLED for (int t = 0; t < pixels; t++) sums[t] += w * LOAD(x + (t * stride + j) * 8);
    }
  }
  UNROLLED for (int t = 0; t < pixels; t++) *(vec *)(y + t * 8) = LIMITED(sums[t], low, high);
}

INLINE void depthwise_rows(int kernel, int stride, const lucid_depthwise *job) {
  ptrdiff_t tiles = (job->columns + 7) / 8;
  for (ptrdiff_t row = 0; row < job->rows; row++) {
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t column = job->columns * tile / tiles;
      const float *x = job->x + row * stride * job->x_row + column * stride * 8;
      float *y = job->y + (row * job->columns + column) * 8;
      switch (job->columns * (tile + 1) / tiles - column) {
        case 1: depthwise_tile(1, kernel, stride, job, x, y); break;
        case 2: depthwise_tile(2, kernel, stride, job, x, y); break;
        case 3: depthwise_tile(3, kernel, stride, job, x, y); break;
        case 4: depthwise_tile(4, kernel, stride, job, x, y); break;
        case 5: depthwise_tile(5, kernel, stride, job, x, y); break;
        case 6: depthwise_tile(6, kernel, stride, job, x, y); break;
        case 7: depthwise_tile(7, kernel, stride, job, x, y); break;
        default: depthwise_tile(8, kernel, stride, job, x, y);
      }
    }
  }
}

TARGET static void depthwise(const lucid_depthwise *job) {
  if (job->kernel == 3 && job->stride == 1) depthwise_rows(3, 1, job);
  else if (job->kernel == 3) depthwise_rows(3, 2, job);
  else if (job->stride == 1) depthwise_rows(5, 1, job);
  else depthwise_rows(5, 2, job);
}

const lucid_depthwise_kernel KERNEL = {pointwise, depthwise};
