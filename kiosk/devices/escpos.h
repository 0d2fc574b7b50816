/* escpos.h: ESC/POS bytes (Epson's command reference: ESC @, GS v 0, GS V) from 1-bit pictures, and greys to 1 bit. Pure. */
#ifndef DEVICES_ESCPOS_H
#define DEVICES_ESCPOS_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { ESCPOS_DOTS_58MM = 384, ESCPOS_DOTS_80MM = 576, ESCPOS_BAND_ROWS = 128 };

/* 1 is black, most significant bit first, rows padded to bytes. `bits` owned; free it. */
struct bitmap { uint8_t *bits; int width, height, stride_bytes; };

/* Floyd–Steinberg for greys (0 black .. 255 white), serpentine; pixels below 64 and above 192 are not diffused, so that text stays
 * crisp. */
MUST_USE enum err bitmap_from_grey(const uint8_t *grey, int width, int height, int stride, struct bitmap *out);
/* The whole job: initialise, raster in bands, feed, cut. `*bytes` malloc'ed, the caller's. Where dots would make a real-time command
 * (DLE EOT, DLE ENQ, DLE DC4), which printers obey in the middle of a picture too, there is one dot more. */
MUST_USE enum err escpos_job(const struct bitmap *picture, uint8_t **bytes, size_t *len);

#endif
