// One face for oneDNN's C API, which changed between 2.x (Debian 12) and 3.x (Debian 13, Ubuntu 24.04).
//
// 2.x describes an operation in a struct and memory in a struct; 3.x creates both through opaque handles. Here memory
// descriptors are opaque handles always, owned by whoever called lucid_md_*, and each operation is described in one
// call that returns a primitive descriptor. Nothing above this header knows which version it is.
#ifndef LUCID_ONEDNN_SHIM_H
#define LUCID_ONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LUCID_DNNL_3 (DNNL_VERSION_MAJOR >= 3)

#if !LUCID_DNNL_3 && (DNNL_VERSION_MAJOR < 2 || DNNL_VERSION_MINOR < 6)
#error "Lucid needs oneDNN 2.6 or newer"
#endif

/// A memory descriptor: shape, element type and order of a tensor's bytes.
typedef struct lucid_md_s *lucid_md;

#if LUCID_DNNL_3
#define LUCID_MD(md) ((const_dnnl_memory_desc_t)(md))
#else
#define LUCID_MD(md) ((const dnnl_memory_desc_t *)(md))
#endif

// MARK: memory descriptors

static inline void lucid_md_destroy(lucid_md md) {
#if LUCID_DNNL_3
  if (md) dnnl_memory_desc_destroy((dnnl_memory_desc_t)md);
#else
  free(md);
#endif
}

static inline lucid_md lucid_md_clone(const void *md) {
#if LUCID_DNNL_3
  dnnl_memory_desc_t copy = NULL;
  return dnnl_memory_desc_clone(&copy, (const_dnnl_memory_desc_t)md) == dnnl_success ? (lucid_md)copy : NULL;
#else
  dnnl_memory_desc_t *copy = malloc(sizeof *copy);
  if (copy) memcpy(copy, md, sizeof *copy);
  return (lucid_md)copy;
#endif
}

/// A descriptor with the given strides in elements; with strides NULL, one whose order oneDNN is to choose.
static inline lucid_md lucid_md_create(int rank, const int64_t *sizes, const int64_t *strides) {
  dnnl_dims_t dims, steps;
  for (int i = 0; i < rank; i++) {
    dims[i] = sizes[i];
    steps[i] = strides ? strides[i] : 0;
  }
#if LUCID_DNNL_3
  dnnl_memory_desc_t md = NULL;
  dnnl_status_t status =
      strides ? dnnl_memory_desc_create_with_strides(&md, rank, dims, dnnl_f32, steps)
              : dnnl_memory_desc_create_with_tag(&md, rank, dims, dnnl_f32, dnnl_format_tag_any);
  return status == dnnl_success ? (lucid_md)md : NULL;
#else
  dnnl_memory_desc_t md;
  dnnl_status_t status = strides ? dnnl_memory_desc_init_by_strides(&md, rank, dims, dnnl_f32, steps)
                                 : dnnl_memory_desc_init_by_tag(&md, rank, dims, dnnl_f32, dnnl_format_tag_any);
  return status == dnnl_success ? lucid_md_clone(&md) : NULL;
#endif
}

/// A descriptor of [N, C, H, W] with channels in blocks of 8 (nChw8c) or 16 (nChw16c).
static inline lucid_md lucid_md_create_blocked(const int64_t *sizes, bool sixteen) {
  dnnl_dims_t dims;
  for (int i = 0; i < 4; i++) dims[i] = sizes[i];
  dnnl_format_tag_t tag = sixteen ? dnnl_nChw16c : dnnl_nChw8c;
#if LUCID_DNNL_3
  dnnl_memory_desc_t md = NULL;
  return dnnl_memory_desc_create_with_tag(&md, 4, dims, dnnl_f32, tag) == dnnl_success ? (lucid_md)md : NULL;
#else
  dnnl_memory_desc_t md;
  return dnnl_memory_desc_init_by_tag(&md, 4, dims, dnnl_f32, tag) == dnnl_success ? lucid_md_clone(&md) : NULL;
#endif
}

static inline bool lucid_md_equal(lucid_md a, lucid_md b) {
  return dnnl_memory_desc_equal(LUCID_MD(a), LUCID_MD(b)) != 0;
}

/// Whether elements follow each other in row-major order, with nothing between them.
static inline bool lucid_md_is_row_major(lucid_md md) {
  int rank = 0;
  dnnl_dims_t dims, steps;
#if LUCID_DNNL_3
  dnnl_dims_t *sizes = NULL;
  if (dnnl_memory_desc_query(LUCID_MD(md), dnnl_query_ndims_s32, &rank) != dnnl_success) return false;
  if (dnnl_memory_desc_query(LUCID_MD(md), dnnl_query_dims, &sizes) != dnnl_success) return false;
  for (int i = 0; i < rank; i++) dims[i] = (*sizes)[i];
#else
  rank = LUCID_MD(md)->ndims;
  for (int i = 0; i < rank; i++) dims[i] = LUCID_MD(md)->dims[i];
#endif
  if (rank < 1) return false;
  for (int64_t i = rank - 1, step = 1; i >= 0; i--) {
    steps[i] = step;
    step *= dims[i] > 1 ? dims[i] : 1;
  }
  lucid_md plain = lucid_md_create(rank, dims, steps);
  bool result = plain && lucid_md_equal(md, plain);
  if (plain) lucid_md_destroy(plain);
  return result;
}

/// The bytes that memory of this descriptor takes, padding included.
static inline size_t lucid_md_byte_count(lucid_md md) { return dnnl_memory_desc_get_size(LUCID_MD(md)); }

// MARK: primitive descriptors

/// The descriptor of what memory a primitive wants for one of its arguments; NULL when it has no such argument.
static inline lucid_md lucid_pd_argument(const_dnnl_primitive_desc_t pd, int argument) {
  const void *md = dnnl_primitive_desc_query_md(pd, dnnl_query_exec_arg_md, argument);
  return md ? lucid_md_clone(md) : NULL;
}

/// What oneDNN calls the kernel that it has chosen, such as "jit:avx2"; NULL where it does not say.
static inline const char *lucid_pd_implementation(const_dnnl_primitive_desc_t pd) {
  const char *name = NULL;
  return dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name) == dnnl_success ? name : NULL;
}

#if LUCID_DNNL_3
#define LUCID_CREATE(function, ...) \
  dnnl_status_t status = function##_primitive_desc_create(pd, engine, __VA_ARGS__, attr); \
  return status;
#else
#define LUCID_FINISH(desc, hint) return dnnl_primitive_desc_create(pd, &desc, attr, engine, hint);
#endif

static inline dnnl_status_t lucid_convolution(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                              const_dnnl_primitive_attr_t attr, lucid_md source, lucid_md weights,
                                              lucid_md bias, lucid_md target, const int64_t *strides,
                                              const int64_t *dilations, const int64_t *pad_begin,
                                              const int64_t *pad_end) {
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_convolution_forward, dnnl_forward_inference, dnnl_convolution_direct, LUCID_MD(source),
               LUCID_MD(weights), LUCID_MD(bias), LUCID_MD(target), strides, dilations, pad_begin, pad_end)
#else
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
      &desc, dnnl_forward_inference, dnnl_convolution_direct, LUCID_MD(source), LUCID_MD(weights), LUCID_MD(bias),
      LUCID_MD(target), strides, dilations, pad_begin, pad_end);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

static inline dnnl_status_t lucid_pooling(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                          const_dnnl_primitive_attr_t attr, dnnl_prop_kind_t prop,
                                          dnnl_alg_kind_t kind, lucid_md source, lucid_md target,
                                          const int64_t *strides, const int64_t *kernel,
                                          const int64_t *dilations, const int64_t *pad_begin,
                                          const int64_t *pad_end) {
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_pooling_forward, prop, kind, LUCID_MD(source), LUCID_MD(target), strides, kernel,
               dilations, pad_begin, pad_end)
#else
  dnnl_pooling_v2_desc_t desc;
  dnnl_status_t status =
      dnnl_pooling_v2_forward_desc_init(&desc, prop, kind, LUCID_MD(source), LUCID_MD(target),
                                        strides, kernel, dilations, pad_begin, pad_end);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

static inline dnnl_status_t lucid_matmul(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                         const_dnnl_primitive_attr_t attr, lucid_md source, lucid_md weights,
                                         lucid_md bias, lucid_md target) {
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_matmul, LUCID_MD(source), LUCID_MD(weights), LUCID_MD(bias), LUCID_MD(target))
#else
  dnnl_matmul_desc_t desc;
  dnnl_status_t status =
      dnnl_matmul_desc_init(&desc, LUCID_MD(source), LUCID_MD(weights), LUCID_MD(bias), LUCID_MD(target));
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

static inline dnnl_status_t lucid_eltwise(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                          const_dnnl_primitive_attr_t attr, dnnl_alg_kind_t kind, lucid_md data,
                                          float alpha, float beta) {
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_eltwise_forward, dnnl_forward_inference, kind, LUCID_MD(data), LUCID_MD(data), alpha, beta)
#else
  dnnl_eltwise_desc_t desc;
  dnnl_status_t status =
      dnnl_eltwise_forward_desc_init(&desc, dnnl_forward_inference, kind, LUCID_MD(data), alpha, beta);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

static inline dnnl_status_t lucid_softmax(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                          const_dnnl_primitive_attr_t attr, bool logarithm, lucid_md data, int axis) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_softmax_forward, dnnl_forward_inference, kind, LUCID_MD(data), LUCID_MD(data), axis)
#else
  dnnl_softmax_v2_desc_t desc;
  dnnl_status_t status =
      dnnl_softmax_v2_forward_desc_init(&desc, dnnl_forward_inference, kind, LUCID_MD(data), LUCID_MD(data), axis);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

/// Normalises with the given mean and variance (global) or the batch's own, then scales and shifts by channel.
static inline dnnl_status_t lucid_batch_norm(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                             const_dnnl_primitive_attr_t attr, bool global, lucid_md data,
                                             float epsilon) {
  unsigned flags = dnnl_use_scale | dnnl_use_shift | (global ? dnnl_use_global_stats : 0);
  dnnl_prop_kind_t kind = global ? dnnl_forward_inference : dnnl_forward_training;
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_batch_normalization_forward, kind, LUCID_MD(data), LUCID_MD(data), epsilon, flags)
#else
  dnnl_batch_normalization_desc_t desc;
  dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(&desc, kind, LUCID_MD(data), epsilon, flags);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

/// Normalises over the last dimension, then scales and shifts.
static inline dnnl_status_t lucid_layer_norm(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                             const_dnnl_primitive_attr_t attr, dnnl_prop_kind_t prop, lucid_md data,
                                             lucid_md statistics, float epsilon) {
  unsigned flags = dnnl_use_scale | dnnl_use_shift;
#if LUCID_DNNL_3
  LUCID_CREATE(dnnl_layer_normalization_forward, prop, LUCID_MD(data), LUCID_MD(data),
               LUCID_MD(statistics), epsilon, flags)
#else
  dnnl_layer_normalization_desc_t desc;
  dnnl_status_t status = dnnl_layer_normalization_forward_desc_init(&desc, prop, LUCID_MD(data),
                                                                    LUCID_MD(statistics), epsilon, flags);
  if (status != dnnl_success) return status;
  LUCID_FINISH(desc, NULL)
#endif
}

static inline dnnl_status_t lucid_reorder(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                          const_dnnl_primitive_attr_t attr, lucid_md source, lucid_md target) {
  return dnnl_reorder_primitive_desc_create(pd, LUCID_MD(source), engine, LUCID_MD(target), engine, attr);
}

// MARK: backward

// A backward computation is described together with the forward one that it belongs to: oneDNN takes from that what
// memory orders and workspace the two have in common.

#if LUCID_DNNL_3
#define LUCID_CREATE_BACKWARD(function, ...) \
  status = function##_primitive_desc_create(pd, engine, __VA_ARGS__, forward, attr); \
  dnnl_primitive_desc_destroy(forward); \
  return status;
#else
#define LUCID_FINISH_BACKWARD(desc) \
  if (status == dnnl_success) status = dnnl_primitive_desc_create(pd, &desc, attr, engine, forward); \
  dnnl_primitive_desc_destroy(forward); \
  return status;
#endif

/// The gradient of a convolution's input.
static inline dnnl_status_t lucid_convolution_backward_data(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                            const_dnnl_primitive_attr_t attr, lucid_md diff_source,
                                                            lucid_md weights, lucid_md diff_target,
                                                            const int64_t *strides, const int64_t *dilations,
                                                            const int64_t *pad_begin, const int64_t *pad_end) {
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_convolution(&forward, engine, NULL, diff_source, weights, NULL, diff_target, strides,
                                           dilations, pad_begin, pad_end);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_convolution_backward_data, dnnl_convolution_direct, LUCID_MD(diff_source),
                        LUCID_MD(weights), LUCID_MD(diff_target), strides, dilations, pad_begin, pad_end)
#else
  dnnl_convolution_desc_t desc;
  status = dnnl_dilated_convolution_backward_data_desc_init(&desc, dnnl_convolution_direct, LUCID_MD(diff_source),
                                                            LUCID_MD(weights), LUCID_MD(diff_target), strides,
                                                            dilations, pad_begin, pad_end);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// The gradients of a convolution's weights and, unless diff_bias is NULL, of its bias.
static inline dnnl_status_t lucid_convolution_backward_weights(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                               const_dnnl_primitive_attr_t attr, lucid_md source,
                                                               lucid_md diff_weights, lucid_md diff_bias,
                                                               lucid_md diff_target, const int64_t *strides,
                                                               const int64_t *dilations, const int64_t *pad_begin,
                                                               const int64_t *pad_end) {
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_convolution(&forward, engine, NULL, source, diff_weights, diff_bias, diff_target,
                                           strides, dilations, pad_begin, pad_end);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_convolution_backward_weights, dnnl_convolution_direct, LUCID_MD(source),
                        LUCID_MD(diff_weights), LUCID_MD(diff_bias), LUCID_MD(diff_target), strides, dilations,
                        pad_begin, pad_end)
#else
  dnnl_convolution_desc_t desc;
  status = dnnl_dilated_convolution_backward_weights_desc_init(
      &desc, dnnl_convolution_direct, LUCID_MD(source), LUCID_MD(diff_weights), LUCID_MD(diff_bias),
      LUCID_MD(diff_target), strides, dilations, pad_begin, pad_end);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// The gradient of a pooling's input, of which forward had this source and target.
static inline dnnl_status_t lucid_pooling_backward(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                   const_dnnl_primitive_attr_t attr, dnnl_alg_kind_t kind,
                                                   lucid_md source, lucid_md target, const int64_t *strides,
                                                   const int64_t *kernel, const int64_t *dilations,
                                                   const int64_t *pad_begin, const int64_t *pad_end) {
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_pooling(&forward, engine, NULL, dnnl_forward_training, kind, source, target, strides,
                                       kernel, dilations, pad_begin, pad_end);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_pooling_backward, kind, LUCID_MD(source), LUCID_MD(target), strides, kernel, dilations,
                        pad_begin, pad_end)
#else
  dnnl_pooling_v2_desc_t desc;
  status = dnnl_pooling_v2_backward_desc_init(&desc, kind, LUCID_MD(source), LUCID_MD(target), strides, kernel,
                                              dilations, pad_begin, pad_end);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// The gradient of a function of every element; data is the function's input.
static inline dnnl_status_t lucid_eltwise_backward(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                   const_dnnl_primitive_attr_t attr, dnnl_alg_kind_t kind,
                                                   lucid_md data, float alpha, float beta) {
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_eltwise(&forward, engine, NULL, kind, data, alpha, beta);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_eltwise_backward, kind, LUCID_MD(data), LUCID_MD(data), LUCID_MD(data), alpha, beta)
#else
  dnnl_eltwise_desc_t desc;
  status = dnnl_eltwise_backward_desc_init(&desc, kind, LUCID_MD(data), LUCID_MD(data), alpha, beta);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// The gradient of a softmax from its output.
static inline dnnl_status_t lucid_softmax_backward(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                   const_dnnl_primitive_attr_t attr, bool logarithm, lucid_md data,
                                                   int axis) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_softmax(&forward, engine, NULL, logarithm, data, axis);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_softmax_backward, kind, LUCID_MD(data), LUCID_MD(data), LUCID_MD(data), axis)
#else
  dnnl_softmax_v2_desc_t desc;
  status = dnnl_softmax_v2_backward_desc_init(&desc, kind, LUCID_MD(data), LUCID_MD(data), LUCID_MD(data), axis);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// Whether a batch norm's backward primitive wants to be given the shift, which no gradient depends on.
static const bool lucid_batch_norm_backward_takes_shift = !LUCID_DNNL_3;

/// The gradients of a batch norm's input, scale and shift.
static inline dnnl_status_t lucid_batch_norm_backward(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                      const_dnnl_primitive_attr_t attr, bool global, lucid_md data,
                                                      float epsilon) {
  unsigned flags = dnnl_use_scale | dnnl_use_shift | (global ? dnnl_use_global_stats : 0);
  dnnl_primitive_desc_t forward = NULL;
#if LUCID_DNNL_3
  dnnl_status_t status = dnnl_batch_normalization_forward_primitive_desc_create(
      &forward, engine, dnnl_forward_training, LUCID_MD(data), LUCID_MD(data), epsilon, flags, NULL);
  if (status != dnnl_success) return status;
  LUCID_CREATE_BACKWARD(dnnl_batch_normalization_backward, dnnl_backward, LUCID_MD(data), LUCID_MD(data),
                        LUCID_MD(data), epsilon, flags)
#else
  dnnl_batch_normalization_desc_t desc;
  dnnl_status_t status =
      dnnl_batch_normalization_forward_desc_init(&desc, dnnl_forward_training, LUCID_MD(data), epsilon, flags);
  if (status == dnnl_success) status = dnnl_primitive_desc_create(&forward, &desc, NULL, engine, NULL);
  if (status != dnnl_success) return status;
  status = dnnl_batch_normalization_backward_desc_init(&desc, dnnl_backward, LUCID_MD(data), LUCID_MD(data), epsilon,
                                                       flags);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

/// The gradients of a layer norm's input, scale and shift.
static inline dnnl_status_t lucid_layer_norm_backward(dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                                                      const_dnnl_primitive_attr_t attr, lucid_md data,
                                                      lucid_md statistics, float epsilon) {
  unsigned flags = dnnl_use_scale | dnnl_use_shift;
  dnnl_primitive_desc_t forward = NULL;
  dnnl_status_t status = lucid_layer_norm(&forward, engine, NULL, dnnl_forward_training, data, statistics, epsilon);
  if (status != dnnl_success) return status;
#if LUCID_DNNL_3
  LUCID_CREATE_BACKWARD(dnnl_layer_normalization_backward, dnnl_backward, LUCID_MD(data), LUCID_MD(data),
                        LUCID_MD(data), LUCID_MD(statistics), epsilon, flags)
#else
  dnnl_layer_normalization_desc_t desc;
  status = dnnl_layer_normalization_backward_desc_init(&desc, dnnl_backward, LUCID_MD(data), LUCID_MD(data),
                                                       LUCID_MD(statistics), epsilon, flags);
  LUCID_FINISH_BACKWARD(desc)
#endif
}

// MARK: post-ops

/// Appends the addition of what the output's memory holds.
static inline dnnl_status_t lucid_post_ops_append_sum(dnnl_post_ops_t steps) {
#if LUCID_DNNL_3
  return dnnl_post_ops_append_sum(steps, 1, 0, dnnl_data_type_undef);
#else
  return dnnl_post_ops_append_sum(steps, 1);
#endif
}

/// Appends a function of every element.
static inline dnnl_status_t lucid_post_ops_append_eltwise(dnnl_post_ops_t steps, dnnl_alg_kind_t kind, float alpha,
                                                          float beta) {
#if LUCID_DNNL_3
  return dnnl_post_ops_append_eltwise(steps, kind, alpha, beta);
#else
  return dnnl_post_ops_append_eltwise(steps, 1, kind, alpha, beta);
#endif
}

// MARK: execution

static inline dnnl_status_t lucid_memory_create(dnnl_memory_t *memory, lucid_md md, dnnl_engine_t engine,
                                                void *bytes) {
  return dnnl_memory_create(memory, LUCID_MD(md), engine, bytes);
}

/// The version that the program runs with, as "2.6.3".
static inline void lucid_dnnl_version(int *major, int *minor, int *patch) {
  const dnnl_version_t *version = dnnl_version();
  *major = version->major;
  *minor = version->minor;
  *patch = version->patch;
}

#undef LUCID_CREATE
#undef LUCID_FINISH
#undef LUCID_CREATE_BACKWARD
#undef LUCID_FINISH_BACKWARD

#endif
