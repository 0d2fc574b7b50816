/* ink_svg.h: a page that a finger drew, as a picture. */
#ifndef TOWNSHIP_INK_SVG_H
#define TOWNSHIP_INK_SVG_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

/* An SVG document of the ink in `bytes` ("INK1", see model/ink.h), as large as what was drawn. *svg is malloc'ed and
 * secret: town_forget it. ERR_INVALID: it is no ink. */
MUST_USE enum err ink_svg(const uint8_t *bytes, size_t len, char **svg, size_t *svg_len);

#endif
