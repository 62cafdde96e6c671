#ifndef LUCID_KERNELS_H
#define LUCID_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "depthwise_block.h"
#include "winograd.h"

/// Calls body(context, first, last) on consecutive ranges that cover [0, count), on the threads of libgomp's pool: the
/// pool that oneDNN computes in, so that the two never compete for cores. Ranges shorter than grain are not split.
void lucid_parallel_for(ptrdiff_t count, ptrdiff_t grain, void (*body)(void *context, ptrdiff_t first, ptrdiff_t last),
                        void *context);

/// Makes lucid_parallel_for run everything on the calling thread, when called from this one. libgomp gives each thread that
/// calls it a team of its own, so workers that share the cores among themselves would otherwise multiply the threads.
void lucid_set_serial(int serial);

/// Makes computations that start from now on use so many threads, at least 1, in place of libgomp's own number.
void lucid_set_thread_count(ptrdiff_t count);

/// Makes the number of lucid_set_thread_count hold for what the calling thread starts. libgomp keeps a number for each such
/// thread, so every one has to call this before it computes with oneDNN; the functions here do by themselves.
void lucid_adopt_thread_count(void);

/// How many threads a computation that starts here may use: 1 inside of another, else as many as oneDNN uses.
ptrdiff_t lucid_thread_count(void);

/// Calls body(context, member, count) once for each member of a team of count threads of the same pool.
void lucid_parallel_team(ptrdiff_t count, void (*body)(void *context, ptrdiff_t member, ptrdiff_t count), void *context);

/// y = min(max(x, low), high); NaN stays NaN.
void lucid_clamp(const float *x, float *y, ptrdiff_t count, float low, float high);

/// The gradient of x from that of y = clamp(x): the same between the limits, 0 at and beyond them.
void lucid_clamp_gradient(const float *gradient, const float *y, float *result, ptrdiff_t count, float low, float high);

/// y = max(x, 0); NaN stays NaN.
void lucid_relu(const float *x, float *y, ptrdiff_t count);

/// The gradient of x from that of y = relu(x): the same where y is positive, else 0.
void lucid_relu_gradient(const float *gradient, const float *y, float *result, ptrdiff_t count);

/// The floating-point operations a second that so many threads of the pool do at most: multiplications with additions in
/// the widest vectors that the processor has, measured for some 20 milliseconds. `sums` has room for one number a thread.
double lucid_peak_flops(ptrdiff_t threads, float *sums);

/// Converts IEEE 754 half precision to single, exactly, through F16C where the processor has it.
void lucid_half_to_float(const uint16_t *source, float *target, ptrdiff_t count);

/// Converts single precision to half, to the nearest value with ties to even.
void lucid_float_to_half(const float *source, uint16_t *target, ptrdiff_t count);

#endif
