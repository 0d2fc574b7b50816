/* draw.h: a frame as a list of drawing commands, apart from whoever puts them into pixels (render.h), so that only what differs
 * from the frame before is drawn again and a screen can be tested by what it asks for. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "ui/canvas.h"
#include "ui/text.h"

enum draw_kind { DRAW_RECT, DRAW_GRADIENT, DRAW_SHADOW, DRAW_CIRCLE, DRAW_TEXT, DRAW_MASK, DRAW_LINE, DRAW_DASHES, DRAW_IMAGE };

struct draw_command {
	enum draw_kind kind;
	int radius_px, border_px;      /* DRAW_SHADOW: blur and offset in border_px, dy_px */
	int dy_px;
	struct rect box;               /* what it covers at most, before clipping */
	struct rect clip;
	colour a, b;
	float width_px;                /* DRAW_LINE */
	size_t first_point, point_count;
	uint64_t hash;                 /* of everything above and of the content it refers to */
	union {
		const struct text_layout *layout;
		const struct canvas *image;
		struct mask mask;
	} of; /* borrowed: alive until the frame is rendered */
};

struct draw_list {
	struct draw_command *commands; /* owned */
	size_t count, room;
	struct canvas_point *points;   /* owned; of all lines */
	size_t point_count, point_room;
	struct rect clip;              /* the present one */
	enum err failure;              /* the first that happened; the frame is then incomplete */
};

void draw_list_destroy(struct draw_list *list);
/* Empties it and wipes the points (they are a visitor's hand). */
void draw_reset(struct draw_list *list, struct rect clip);

void draw_rect(struct draw_list *list, struct rect r, int radius_px, colour fill, int border_px, colour border);
void draw_gradient(struct draw_list *list, struct rect r, int radius_px, colour from, colour to);
void draw_shadow(struct draw_list *list, struct rect r, int radius_px, int blur_px, int dy_px, colour c);
void draw_circle(struct draw_list *list, int cx, int cy, int radius_px, colour c);
/* `content` is a hash of the text and its style: layouts move in memory. */
void draw_text(struct draw_list *list, const struct text_layout *layout, uint64_t content, struct rect box, colour c);
void draw_mask(struct draw_list *list, const struct mask *mask, uint64_t content, int x, int y, colour c);
void draw_line(struct draw_list *list, const struct canvas_point *points, size_t count, float width_px, colour c);
void draw_dashes(struct draw_list *list, int x, int y, int w, int thick_px, int dash_px, colour c);
void draw_image(struct draw_list *list, const struct canvas *image, uint64_t content, int x, int y);

/* FNV-1a, carried on from `hash` (begin with DRAW_HASH_SEED). */
#define DRAW_HASH_SEED 0xcbf29ce484222325u
uint64_t draw_hash(uint64_t hash, const void *bytes, size_t len);

#endif
