#ifndef LUCID_DEPTHWISE_KERNEL_H
#define LUCID_DEPTHWISE_KERNEL_H

#include "CLucidKernels.h"

// What depthwise_block.c shares with the kinds that depthwise_body.h is compiled to.

/// A 1x1 convolution of some pixels to 8, 16 or 24 channels. Planes are the distances between blocks of 8 channels.
typedef struct {
  const float *x;
  ptrdiff_t x_plane, inputs;
  const float *weight, *bias;
  lucid_limits limits;
  float *y;
  ptrdiff_t y_plane;
  const ptrdiff_t *places;  ///< where each pixel goes; NULL for one after the other
  const float *residual;    ///< lies as y does; NULL for none
} lucid_pointwise;

/// A convolution of 8 channels, each by itself.
typedef struct {
  ptrdiff_t kernel, stride;
  const float *x;
  ptrdiff_t x_row;
  const float *weight, *bias;
  lucid_limits limits;
  float *y;
  ptrdiff_t rows, columns;  ///< of the output
} lucid_depthwise;

typedef struct {
  /// Pixels 0 to count, to `blocks` times 8 channels, 1 to 3.
  void (*pointwise)(const lucid_pointwise *job, int blocks, ptrdiff_t count);
  void (*depthwise)(const lucid_depthwise *job);
} lucid_depthwise_kernel;

extern const lucid_depthwise_kernel lucid_depthwise_portable;
#if defined(__x86_64__)
extern const lucid_depthwise_kernel lucid_depthwise_avx2;
#endif

#endif
