/* canvas.h: pixels and what can be drawn on them, in software: one implementation for the screen, the slip
 * and the tests. 32-bit XRGB in native byte order; coordinates in pixels from the top left; everything is
 * clipped to `clip`. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct rect { int x, y, w, h; };

typedef uint32_t colour; /* 0xAARRGGBB, alpha not premultiplied */

struct canvas {
	uint32_t *pixels; /* owned by whoever made the canvas */
	int width, height, stride_px;
	struct rect clip; /* always inside the canvas */
};

/* An 8-bit coverage mask: a glyph, an icon, a QR code. */
struct mask { const uint8_t *bytes; int width, height, stride; };

bool rect_intersect(struct rect a, struct rect b, struct rect *out); /* false: empty */

MUST_USE enum err canvas_create(int width, int height, struct canvas *canvas);
void canvas_destroy(struct canvas *canvas); /* wipes and frees pixels */
void canvas_set_clip(struct canvas *canvas, struct rect clip);

void canvas_fill(struct canvas *canvas, struct rect r, colour c);
/* Anti-aliased rounded rectangle; `border_px` > 0 draws an inner border of `border` colour on it. */
void canvas_round_rect(struct canvas *canvas, struct rect r, int radius_px, colour fill, int border_px,
                       colour border);
/* Rounded rectangle with a 135 degree gradient from `from` at the top left to `to` at the bottom right. */
void canvas_gradient(struct canvas *canvas, struct rect r, int radius_px, colour from, colour to);
/* A soft shadow of a rounded rectangle, blurred by blur_px, offset dy_px. */
void canvas_shadow(struct canvas *canvas, struct rect r, int radius_px, int blur_px, int dy_px, colour c);
void canvas_circle(struct canvas *canvas, int cx, int cy, int radius_px, colour c);
void canvas_mask(struct canvas *canvas, const struct mask *mask, int x, int y, colour c);
/* A polyline of round ends and joins, `width_px` wide, anti-aliased, each pixel covered once (so that
 * alpha works). */
struct canvas_point { float x, y; };
void canvas_polyline(struct canvas *canvas, const struct canvas_point *points, size_t count, float width_px,
                     colour c);
/* Horizontal dashed line (slip tear line). */
void canvas_dashes(struct canvas *canvas, int x, int y, int w, int thick_px, int dash_px, int gap_px,
                   colour c);
/* Copies src onto the canvas at x, y; `alpha` 0..255 blends. */
void canvas_blit(struct canvas *canvas, const struct canvas *src, int x, int y, int alpha);

#endif
