/* picture.h: photographs (JPEG, PNG, WebP through SDL_image) as pixels of the size they are shown in. */
#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "ui/canvas.h"

enum { PICTURE_MAX_SIDE = 4096 }; /* px; portraits are made small when they are taken in */

/* Decodes, and scales so that the picture covers width x height; what stands over is cut off at the sides, or below more than
 * above (faces are high in portraits). *out is the caller's to canvas_destroy. ERR_CORRUPT: not a picture; ERR_TOO_LONG: larger
 * than PICTURE_MAX_SIDE. Any thread. */
MUST_USE enum err picture_decode(const uint8_t *bytes, size_t len, int width, int height, struct canvas *out);

#endif
