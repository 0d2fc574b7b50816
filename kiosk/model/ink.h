/* ink.h: what a finger drew, as vectors: strokes of points on a page of INK_UNITS a side of its width.
 * Used for handwriting to be recognised, for pages left as ink, and later for signatures. */
#ifndef MODEL_INK_H
#define MODEL_INK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	INK_UNITS = 10000,          /* the page's width; its height is the same unit */
	INK_MAX_POINTS = 60000,     /* a page full of small writing is about 20,000 */
	INK_MAX_STROKES = 4000,
};

struct ink_point {
	uint16_t x, y; /* units from the top left */
};

/* Zero-initialise; grows by itself; free with ink_clear, which wipes. Points of stroke i are
 * points[starts[i]] up to the next start (or point_count). */
struct ink {
	struct ink_point *points; /* owned */
	size_t point_count, point_room;
	uint32_t *starts;         /* owned */
	size_t stroke_count, stroke_room;
};

/* Begins a stroke / goes on with the last one. ERR_TOO_LONG at the limits: what is there is kept. A point
 * equal to the one before is dropped. */
MUST_USE enum err ink_begin(struct ink *ink, struct ink_point p);
MUST_USE enum err ink_extend(struct ink *ink, struct ink_point p);

/* Takes back the last stroke; false when there is none. */
bool ink_undo(struct ink *ink);

/* Wipes and frees; the ink is empty and usable afterwards. */
void ink_clear(struct ink *ink);

/* The stroke's points and their number; i < stroke_count. */
const struct ink_point *ink_stroke(const struct ink *ink, size_t i, size_t *count);

/* The compact form kept and sent: "INK1", then varint deltas. `*out` is malloc'ed, the caller's to wipe and
 * free. */
MUST_USE enum err ink_encode(const struct ink *ink, uint8_t **out, size_t *len);
MUST_USE enum err ink_decode(const uint8_t *bytes, size_t len, struct ink *ink);

#endif
