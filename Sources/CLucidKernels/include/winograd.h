#ifndef LUCID_WINOGRAD_H
#define LUCID_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>

// Convolution with 3x3 windows of stride 1 by Winograd's algorithm: Lavin & Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2016). F(4x4, 3x3): tiles of 4x4 outputs come from 6x6 inputs, y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A with the points
// 0, ±1, ±2, ∞: a quarter of direct convolution's multiplications. They are matrix products, one for each of the 36
// frequencies, of transformed inputs [tiles, channels] and transformed weights [channels, outputs].
//
// F(2x2, 3x3) has tiles of 2x2 outputs from 4x4 inputs, the points 0, ±1, ∞, and 4/9 of the multiplications, but less than
// half as many weights to read, and less waste where a picture is small: for a few pictures of 7x7 it is the faster one.
//
// Rounding: the error of an output is at most 2e-6 of the greatest sum of |w x| that an output has; see WinogradTests.

/// For which processors the kernel was compiled, and for which tiles.
typedef enum {
  LUCID_WINOGRAD_PORTABLE = 0,  ///< any; NEON on arm64
  LUCID_WINOGRAD_AVX2 = 1,
  LUCID_WINOGRAD_AVX512 = 2,
  LUCID_WINOGRAD_2X2_PORTABLE = 3,  ///< these three: F(2x2, 3x3)
  LUCID_WINOGRAD_2X2_AVX2 = 4,
  LUCID_WINOGRAD_2X2_AVX512 = 5,
} lucid_winograd_kind;

/// The fastest kind that this processor can run: F(2x2, 3x3) where `small`, else F(4x4, 3x3).
lucid_winograd_kind lucid_winograd_best(bool small);

/// Whether a kind is F(2x2, 3x3).
static inline bool lucid_winograd_is_small(lucid_winograd_kind kind) { return kind >= LUCID_WINOGRAD_2X2_PORTABLE; }

/// Whether this processor can run a kind.
bool lucid_winograd_available(lucid_winograd_kind kind);

/// How many neighbouring channels lie together in a kind's tensors: 8 for oneDNN's nChw8c, 16 for nChw16c. The last block
/// is filled up with zeros.
ptrdiff_t lucid_winograd_block(lucid_winograd_kind kind);

/// What is convolved.
typedef struct {
  ptrdiff_t batch;
  ptrdiff_t inputs, outputs;        ///< channels
  ptrdiff_t height, width;          ///< of the input
  ptrdiff_t top, left;              ///< zeros before the first row and column; those after the last follow from:
  ptrdiff_t out_height, out_width;  ///< of the output
} lucid_winograd_shape;

/// The last step of every output.
typedef enum {
  LUCID_WINOGRAD_IDENTITY = 0,
  LUCID_WINOGRAD_CLAMP = 1,  ///< min(max(y, alpha), beta)
  LUCID_WINOGRAD_LEAKY = 2,  ///< y where it is positive, else alpha y
} lucid_winograd_activation;

/// How many floats the transformed weights take.
size_t lucid_winograd_weight_count(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs);

/// Transforms a weight [outputs, inputs, 3, 3], in double precision.
///
/// With `for_gradient`, the weight is that of another convolution, [inputs, outputs, 3, 3], and what is computed with
/// the result is the gradient of that one's input from the gradient of its output.
void lucid_winograd_pack(lucid_winograd_kind kind, ptrdiff_t inputs, ptrdiff_t outputs, const float *weight,
                         bool for_gradient, float *packed);

/// How many floats of scratch memory a run on so many threads needs.
size_t lucid_winograd_scratch_count(lucid_winograd_kind kind, const lucid_winograd_shape *shape, ptrdiff_t threads);

/// Convolves: y = activation(conv(x, weight) + bias + residual).
///
/// x, y and residual are in blocks of channels, 64-byte aligned is best; bias [outputs] and residual, of y's shape, may be
/// NULL; residual may be y. The result does not depend on the number of threads.
///
/// With `pools`, y gets the greatest of each 2x2 outputs, [out_height / 2, out_width / 2] of them; there must be no residual,
/// and the activation must not fall where its argument grows.
void lucid_winograd(lucid_winograd_kind kind, const lucid_winograd_shape *shape, const float *x, const float *packed,
                    const float *bias, const float *residual, lucid_winograd_activation activation, float alpha,
                    float beta, bool pools, float *y, float *scratch, ptrdiff_t threads);

#endif
