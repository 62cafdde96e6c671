#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

#include <png.h>

typedef struct {
  lucid_picture picture;  // first, so that a pointer to one is a pointer to the other
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, offset;
  lucid_codec_fault *fault;
} png_picture;

static void on_error(png_structp png, png_const_charp text) {
  png_picture *self = png_get_error_ptr(png);
  set_fault(self->fault, false, text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep out, size_t count) {
  png_picture *self = png_get_io_ptr(png);
  if (count > self->count - self->offset) png_error(png, "the file ends early");
  memcpy(out, self->bytes + self->offset, count);
  self->offset += count;
}

static void find_exif(png_picture *self) {
  png_uint_32 count = 0;
  png_bytep exif = NULL;
  if (png_get_eXIf_1(self->png, self->info, &count, &exif)) {
    self->picture.exif = exif;
    self->picture.exif_count = count;
  }
}

lucid_picture *lucid_png_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault) {
  png_picture *self = calloc(1, sizeof *self);
  if (self) self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  if (self && self->png) self->info = png_create_info_struct(self->png);
  if (!self || !self->info) {
    if (self) lucid_png_close(&self->picture);
    set_fault(fault, false, "out of memory");
    return NULL;
  }
  self->bytes = bytes;
  self->count = count;
  self->fault = fault;
  if (setjmp(png_jmpbuf(self->png))) {
    lucid_png_close(&self->picture);
    return NULL;
  }
  png_set_read_fn(self->png, self, read_bytes);
  // The caller limits the area; libpng's own limit of a million pixels a side would refuse long, thin pictures.
  png_set_user_limits(self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Text, profiles and the like are skipped unread: they cannot change the pixels, and compressed ones can be bombs.
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "eXIf", 1);
  png_read_info(self->png, self->info);
  self->picture.width = png_get_image_width(self->png, self->info);
  self->picture.height = png_get_image_height(self->png, self->info);
  return &self->picture;
}

/// Turns the indices in the last third of `rgb` into colours, from the front: none is overwritten before it is read.
static void expand_palette(png_picture *self, uint8_t *rgb, size_t count) {
  png_colorp palette = NULL;
  int colors = 0;
  png_get_PLTE(self->png, self->info, &palette, &colors);
  for (size_t i = 0; i < count; i++) {
    int index = rgb[2 * count + i];
    if (index >= colors) png_error(self->png, "a pixel names a colour that the palette does not have");
    rgb[3 * i] = palette[index].red;
    rgb[3 * i + 1] = palette[index].green;
    rgb[3 * i + 2] = palette[index].blue;
  }
}

bool lucid_png_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault) {
  png_picture *self = (png_picture *)picture;
  self->fault = fault;
  if (setjmp(png_jmpbuf(self->png))) return false;

  int kind = png_get_color_type(self->png, self->info), depth = png_get_bit_depth(self->png, self->info);
  bool indexed = kind == PNG_COLOR_TYPE_PALETTE;
  if (indexed) png_set_packing(self->png);
  if (kind == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(self->png);
  if (!(kind & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(self->png);
  // Of 16 bits the upper 8 are kept, for grey as for colour: what PIL does for colour and torchvision for both.
  if (depth == 16) png_set_strip_16(self->png);
  png_set_strip_alpha(self->png);
  int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);

  size_t count = picture->width * picture->height, row_bytes = picture->width * (indexed ? 1 : 3);
  uint8_t *rows = indexed ? rgb + 2 * count : rgb;
  if (png_get_rowbytes(self->png, self->info) != row_bytes) png_error(self->png, "rows of an unexpected length");
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < picture->height; y++) png_read_row(self->png, rows + y * row_bytes, NULL);
  }
  png_read_end(self->png, self->info);
  if (indexed) expand_palette(self, rgb, count);
  find_exif(self);
  return true;
}

void lucid_png_close(lucid_picture *picture) {
  png_picture *self = (png_picture *)picture;
  png_destroy_read_struct(&self->png, &self->info, NULL);
  free(self);
}

uint8_t *lucid_png_encode(const uint8_t *rgb, size_t width, size_t height, size_t *count, lucid_codec_fault *fault) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = (png_uint_32)width;
  image.height = (png_uint_32)height;
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  uint8_t *file = width <= PNG_UINT_31_MAX / 3 && height <= PNG_UINT_31_MAX ? malloc(bytes) : NULL;
  if (!file) {
    set_fault(fault, false, "the picture is too large");
    return NULL;
  }
  if (!png_image_write_to_memory(&image, file, &bytes, 0, rgb, 0, NULL)) {
    set_fault(fault, false, image.message);
    free(file);
    return NULL;
  }
  *count = bytes;
  return file;
}
