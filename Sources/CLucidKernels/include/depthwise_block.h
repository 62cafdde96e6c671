#ifndef LUCID_DEPTHWISE_BLOCK_H
#define LUCID_DEPTHWISE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

// The inverted residual of mobile networks in one pass over memory: a 1x1 convolution to more channels, a convolution of
// each channel by itself, and a 1x1 convolution to few: Sandler et al., "MobileNetV2" (2018). A thread works on a few rows
// at a time, so that what lies between the convolutions never leaves its cache; a library that runs one convolution after
// the other writes and reads several megabytes a picture there.
//
// Tensors are [N, C / 8, H, W, 8], oneDNN's nChw8c; all numbers of channels are multiples of 8.

/// For which processors the kernel was compiled.
typedef enum {
  LUCID_DEPTHWISE_PORTABLE = 0,  ///< any; NEON on arm64
  LUCID_DEPTHWISE_AVX2 = 1,
} lucid_depthwise_kind;

/// The limits of a convolution's outputs: [0, 6] for ReLU6, infinite for none.
typedef struct {
  float low, high;
} lucid_limits;

/// One block. Matrices are packed by lucid_depthwise_pack; `depth` is [hidden / 8, kernel, kernel, 8].
typedef struct {
  ptrdiff_t batch;
  ptrdiff_t inputs, hidden, outputs;            ///< channels
  ptrdiff_t height, width;                      ///< of the input
  ptrdiff_t out_height, out_width;              ///< of the output
  ptrdiff_t kernel, stride;                     ///< 3 or 5; 1 or 2
  ptrdiff_t pad_top, pad_left;                  ///< zeros before the first row and column
  lucid_limits expanded, filtered, projected;   ///< of the three convolutions' outputs
  const float *expand, *expand_bias;            ///< NULL where hidden == inputs and there is no first convolution
  const float *depth, *depth_bias;
  const float *project, *project_bias;
} lucid_depthwise_block;

/// The fastest kind that this processor can run.
lucid_depthwise_kind lucid_depthwise_best(void);

/// Whether the block is faster on this processor than oneDNN's convolutions, whose tensors are in blocks of 8 as well.
bool lucid_depthwise_pays(void);

/// Puts a matrix [outputs, inputs] into the order that the kernel reads.
void lucid_depthwise_pack(const float *matrix, ptrdiff_t outputs, ptrdiff_t inputs, float *packed);

/// The bytes of scratch memory that a run needs.
size_t lucid_depthwise_scratch(const lucid_depthwise_block *block);

/// Computes the block, plus `residual` (of the output's shape; NULL for none) before the last limits. The sums of an output
/// are always in the same order, however many threads compute.
void lucid_depthwise_run(lucid_depthwise_kind kind, const lucid_depthwise_block *block, const float *x,
                         const float *residual, float *y, void *scratch);

#endif
