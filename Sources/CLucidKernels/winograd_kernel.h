#ifndef LUCID_WINOGRAD_KERNEL_H
#define LUCID_WINOGRAD_KERNEL_H

#include "CLucidKernels.h"

// What winograd.c shares with the kinds that winograd_body.h is compiled to.

/// One convolution, with channels counted in blocks and outputs in tiles.
typedef struct {
  lucid_winograd_shape shape;
  ptrdiff_t input_blocks, output_blocks;
  ptrdiff_t tiles_down, tiles_across;
  const float *x, *packed, *bias, *residual;
  float *y;
  lucid_winograd_activation activation;
  float alpha, beta;
  bool pools;
} lucid_winograd_job;

/// Consecutive tiles of a batch, and the memory that they are worked on in.
typedef struct {
  ptrdiff_t first, count;
  /// Transformed inputs, [frequency][group of tiles][block of channels][tile][channel]; the first dimension's stride.
  float *transformed;
  ptrdiff_t transformed_stride;
  /// Products of so many panels at a time, [panel][frequency][tile][output of a panel].
  ptrdiff_t panels;
  float *products;
} lucid_winograd_tiles;

/// A weight to be transformed.
typedef struct {
  ptrdiff_t inputs, outputs;
  /// How far apart neighbouring inputs and outputs are in the weight.
  ptrdiff_t input_stride, output_stride;
  /// Whether windows are turned by half a circle.
  bool flips;
  const float *weight;
  float *packed;
} lucid_winograd_pack_job;

typedef struct {
  /// Outputs of a tile along each dimension.
  ptrdiff_t tile;
  /// Channels in a block. Outputs are computed in panels of two blocks.
  ptrdiff_t block;
  /// Tiles that are multiplied at a time, at most.
  ptrdiff_t rows;
  /// Transforms the weights of panels [first, last) of the outputs.
  void (*pack)(const lucid_winograd_pack_job *, ptrdiff_t first, ptrdiff_t last);
  /// Transforms blocks [first, last) of the inputs' channels.
  void (*transform)(const lucid_winograd_job *, const lucid_winograd_tiles *, ptrdiff_t first, ptrdiff_t last);
  /// Multiplies, and transforms back, panels [first, last) of the outputs.
  void (*multiply)(const lucid_winograd_job *, const lucid_winograd_tiles *, ptrdiff_t first, ptrdiff_t last);
} lucid_winograd_kernel;

extern const lucid_winograd_kernel lucid_winograd_portable, lucid_winograd_avx2, lucid_winograd_avx512;
extern const lucid_winograd_kernel lucid_winograd_2x2_portable, lucid_winograd_2x2_avx2, lucid_winograd_2x2_avx512;

/// Between the frequencies lies one cache line more than needed: at a distance of a power of two, all of them would meet in
/// the same few lines of the cache.
enum { LUCID_WINOGRAD_GAP = 16 };

#endif
