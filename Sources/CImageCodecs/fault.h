#ifndef LUCID_FAULT_H
#define LUCID_FAULT_H

#include <stdio.h>

#include "CImageCodecs.h"

static inline void set_fault(lucid_codec_fault *fault, bool unsupported, const char *text) {
  fault->unsupported = unsupported;
  snprintf(fault->text, sizeof fault->text, "%s", text);
}

#endif
