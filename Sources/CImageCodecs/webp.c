#include <stdlib.h>
#include <string.h>

#include "fault.h"

#include <webp/decode.h>
#include <webp/demux.h>

typedef struct {
  lucid_picture picture;  // first, so that a pointer to one is a pointer to the other
  WebPDemuxer *demuxer;
  WebPChunkIterator exif;
  WebPIterator frame;
} webp_picture;

lucid_picture *lucid_webp_open(const uint8_t *bytes, size_t count, lucid_codec_fault *fault) {
  webp_picture *self = calloc(1, sizeof *self);
  if (!self) {
    set_fault(fault, false, "out of memory");
    return NULL;
  }
  WebPData data = {bytes, count};
  self->demuxer = WebPDemux(&data);
  if (!self->demuxer) {
    set_fault(fault, false, "its chunks are damaged or the file ends early");
    lucid_webp_close(&self->picture);
    return NULL;
  }
  if (!WebPDemuxGetFrame(self->demuxer, 1, &self->frame) || !self->frame.complete) {
    set_fault(fault, false, "it has no complete frame");
    lucid_webp_close(&self->picture);
    return NULL;
  }
  self->picture.width = WebPDemuxGetI(self->demuxer, WEBP_FF_CANVAS_WIDTH);
  self->picture.height = WebPDemuxGetI(self->demuxer, WEBP_FF_CANVAS_HEIGHT);
  if (WebPDemuxGetChunk(self->demuxer, "EXIF", 1, &self->exif)) {
    self->picture.exif = self->exif.chunk.bytes;
    self->picture.exif_count = self->exif.chunk.size;
  }
  return &self->picture;
}

static const char *reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
    case VP8_STATUS_BITSTREAM_ERROR: return "its compressed data is corrupt";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that libwebp does not support";
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends early";
    default: return "libwebp cannot decode it";
  }
}

/// The first frame of an animation may cover part of the canvas; the rest is transparent black.
bool lucid_webp_read(lucid_picture *picture, uint8_t *rgb, lucid_codec_fault *fault) {
  webp_picture *self = (webp_picture *)picture;
  size_t x = (size_t)self->frame.x_offset, y = (size_t)self->frame.y_offset;
  size_t width = (size_t)self->frame.width, height = (size_t)self->frame.height, row_bytes = picture->width * 3;
  if (x + width > picture->width || y + height > picture->height) {
    set_fault(fault, false, "its first frame lies outside the picture");
    return false;
  }
  if (width != picture->width || height != picture->height) memset(rgb, 0, row_bytes * picture->height);

  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    set_fault(fault, false, "libwebp has another version than its header");
    return false;
  }
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgb + y * row_bytes + x * 3;
  config.output.u.RGBA.stride = (int)row_bytes;
  config.output.u.RGBA.size = row_bytes * (height - 1) + width * 3;
  VP8StatusCode status = WebPDecode(self->frame.fragment.bytes, self->frame.fragment.size, &config);
  WebPFreeDecBuffer(&config.output);
  if (status == VP8_STATUS_OK) return true;
  set_fault(fault, status == VP8_STATUS_UNSUPPORTED_FEATURE, reason(status));
  return false;
}

void lucid_webp_close(lucid_picture *picture) {
  webp_picture *self = (webp_picture *)picture;
  WebPDemuxReleaseChunkIterator(&self->exif);
  WebPDemuxReleaseIterator(&self->frame);
  WebPDemuxDelete(self->demuxer);
  free(self);
}
