#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

#include <jpeglib.h>  // before jerror.h, whose codes depend on what it defines

#include <jerror.h>

/// Progressive files decode every scan over the whole picture; more scans than this serve only to waste time.
enum { MAX_SCANS = 500 };

typedef struct {
  lucid_picture picture;  // first, so that a pointer to one is a pointer to the other
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  lucid_codec_fault *fault;
} jpeg_picture;

static jpeg_picture *owner(j_common_ptr jpeg) { return jpeg->client_data; }

static void give_up(j_common_ptr jpeg, bool unsupported) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  set_fault(owner(jpeg)->fault, unsupported, text);
  longjmp(owner(jpeg)->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
  int code = jpeg->err->msg_code;
  bool unsupported = code == JERR_SOF_UNSUPPORTED || code == JERR_BAD_PRECISION || code == JERR_CONVERSION_NOTIMPL ||
                     code == JERR_ARITH_NOTIMPL || code == JERR_CCIR601_NOTIMPL || code == JERR_NOT_COMPILED;
  give_up(jpeg, unsupported);
}

/// libjpeg goes on after corrupt data and fills in grey. A wrong picture is worse than none, so warnings that mean lost
/// data end the decoding; the rest (stray bytes between segments, odd JFIF versions) are harmless.
static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
#ifdef D_ARITH_CODING_SUPPORTED
    case JWRN_ARITH_BAD_CODE:
#endif
    case JWRN_MUST_RESYNC: give_up(jpeg, false);
    default: return;
  }
}

static void on_progress(j_common_ptr jpeg) {
  if (!jpeg->is_decompressor || ((j_decompress_ptr)jpeg)->input_scan_number <= MAX_SCANS) return;
  set_fault(owner(jpeg)->fault, true, "it has more than 500 scans");
  longjmp(owner(jpeg)->escape, 1);
}

static void find_exif(jpeg_picture *self) {
  static const char signature[6] = "Exif\0";
  for (jpeg_saved_marker_ptr marker = self->jpeg.marker_list; marker; marker = marker->next) {
    if (marker->data_length > sizeof signature && !memcmp(marker->data, signature, sizeof signature)) {
      self->picture.exif = marker->data + sizeof signature;
      self->picture.exif_count = marker->data_length - sizeof signature;
      return;
    }
  }
}

lucid_picture *lucid_jpeg_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault) {
  jpeg_picture *self = calloc(1, sizeof *self);
  if (!self) {
    set_fault(fault, false, "out of memory");
    return NULL;
  }
  self->fault = fault;
  self->jpeg.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = on_error;
  self->errors.emit_message = on_message;
  self->jpeg.client_data = self;
  if (setjmp(self->escape)) {
    lucid_jpeg_close(&self->picture);
    return NULL;
  }
  jpeg_create_decompress(&self->jpeg);
  self->progress.progress_monitor = on_progress;
  self->jpeg.progress = &self->progress;
  jpeg_save_markers(&self->jpeg, JPEG_APP0 + 1, 0xFFFF);
  jpeg_mem_src(&self->jpeg, bytes, (unsigned long)count);
  jpeg_read_header(&self->jpeg, TRUE);

  int channels = self->jpeg.num_components;
  if (self->jpeg.data_precision != 8 || (channels != 1 && channels != 3 && channels != 4)) {
    char text[96];
    snprintf(text, sizeof text, "it has %d channels of %d bits; 1, 3 or 4 of 8 bits are supported", channels,
             self->jpeg.data_precision);
    set_fault(fault, true, text);
    lucid_jpeg_close(&self->picture);
    return NULL;
  }
  self->jpeg.out_color_space = channels == 4 ? JCS_CMYK : JCS_RGB;
  self->picture.width = self->jpeg.image_width;
  self->picture.height = self->jpeg.image_height;
  find_exif(self);
  return &self->picture;
}

static unsigned multiply_255ths(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// Inks are stored inverted, as Adobe writes them: 255 is no ink.
static void rgb_from_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    unsigned light = cmyk[3];
    for (int channel = 0; channel < 3; channel++) {
      rgb[channel] = (uint8_t)(light - multiply_255ths(255u - cmyk[channel], light));
    }
  }
}

bool lucid_jpeg_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault) {
  jpeg_picture *self = (jpeg_picture *)picture;
  self->fault = fault;
  if (setjmp(self->escape)) return false;
  jpeg_start_decompress(&self->jpeg);
  size_t width = self->jpeg.output_width;
  bool inks = self->jpeg.out_color_space == JCS_CMYK;
  JSAMPARRAY row = NULL;
  if (inks) {
    row = self->jpeg.mem->alloc_sarray((j_common_ptr)&self->jpeg, JPOOL_IMAGE, (JDIMENSION)(width * 4), 1);
  }
  while (self->jpeg.output_scanline < self->jpeg.output_height) {
    uint8_t *out = rgb + self->jpeg.output_scanline * width * 3;
    if (inks) {
      jpeg_read_scanlines(&self->jpeg, row, 1);
      rgb_from_inverted_cmyk(row[0], out, width);
    } else {
      jpeg_read_scanlines(&self->jpeg, &out, 1);
    }
  }
  return true;
}

void lucid_jpeg_close(lucid_picture *picture) {
  jpeg_picture *self = (jpeg_picture *)picture;
  jpeg_destroy_decompress(&self->jpeg);
  free(self);
}
