/* glyph.h: the strokes of one character, brought to a standard pad for recognition. */
#ifndef UI_GLYPH_H
#define UI_GLYPH_H

#include <stddef.h>

#include "model/err.h"
#include "model/ink.h"

enum { GLYPH_STROKES = 48, GLYPH_POINTS = 24 };

struct glyph_point { float x, y; }; /* 0..1 from the top left */
struct glyph_stroke { struct glyph_point points[GLYPH_POINTS]; size_t count; };
struct glyph {
	struct glyph_stroke strokes[GLYPH_STROKES];
	size_t count;
	float span;   /* the longer side of what was drawn, as a part of the page's width */
	float aspect; /* width / height of what was drawn, 0.01..100 */
};

/* Scaled by the strokes' own bounding box with the aspect kept, centred, jitter dropped. Holds the visitor's hand: wipe
 * it. ERR_INVALID without strokes, ERR_TOO_LONG for more strokes than any character has. */
MUST_USE enum err glyph_from_ink(const struct ink *ink, struct glyph *out);

#endif
