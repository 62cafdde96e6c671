#ifndef LUCID_IMAGE_CODECS_H
#define LUCID_IMAGE_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why a codec gave up. libjpeg and libpng report errors by longjmp, which must not cross Swift frames; here they end
/// in one of these.
typedef struct {
  /// The file may be fine, but uses a feature that is not supported.
  bool unsupported;
  char text[256];
} lucid_codec_fault;

/// A picture whose header has been read. It borrows the bytes that it was opened with.
typedef struct {
  size_t width, height;
  /// The Exif block in TIFF form, complete once the pixels have been read; NULL without one.
  const uint8_t *exif;
  size_t exif_count;
} lucid_picture;

/// Each format has the same three functions: open reads the header and returns NULL with a fault when it cannot; read
/// writes width * height interleaved RGB bytes and returns false with a fault when it cannot; close frees.
lucid_picture *lucid_jpeg_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault);
bool lucid_jpeg_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault);
void lucid_jpeg_close(lucid_picture *picture);

lucid_picture *lucid_png_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault);
bool lucid_png_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault);
void lucid_png_close(lucid_picture *picture);

lucid_picture *lucid_webp_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault);
bool lucid_webp_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault);
void lucid_webp_close(lucid_picture *picture);

/// Encodes interleaved RGB bytes as an 8-bit PNG file that the caller frees; NULL with a fault when it cannot.
uint8_t *lucid_png_encode(const uint8_t *rgb, size_t width, size_t height, size_t *count, lucid_codec_fault *fault);

/// Which input samples make one output sample of a resampling pass, and their weights in fixed point with
/// LUCID_RESAMPLE_BITS fractional bits: output i is the sum of input[first[i] + t] * weights[i * stride + t] over
/// t < taps[i].
typedef struct {
  const int32_t *first, *taps, *weights;
  ptrdiff_t count, stride;
} lucid_resample_plan;

#define LUCID_RESAMPLE_BITS 22

/// Resamples one row of RGB pixels. Up to one byte past the row's last pixel is read, and ignored.
void lucid_resample_row(const uint8_t *row, uint8_t *out, const lucid_resample_plan *plan);

/// Makes `bytes` bytes of one row of the output from the rows that plan's output `index` names. `rows` is where they
/// begin in input row 0, `row_bytes` how far rows are apart; `sums` is scratch for `bytes` numbers.
void lucid_resample_column(const uint8_t *rows, uint8_t *out, const lucid_resample_plan *plan, ptrdiff_t index,
                           ptrdiff_t row_bytes, ptrdiff_t bytes, int32_t *sums);

#endif
