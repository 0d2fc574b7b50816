/* slip.h: the paper in the voter's hand, laid out once for every width: 384 or 576 dots for the printer, any width for the screen. Drawn by
 * the screen's own text engine, so that every character prints. */
#ifndef UI_SLIP_H
#define UI_SLIP_H

#include <stdbool.h>

#include "ui/canvas.h"
#include "ui/text.h"

enum { SLIP_MAX_ROWS = 6 };

struct slip_row { const char *label, *value; };

/* Everything borrowed and in the reader's language already. */
struct slip {
	const char *home, *title; /* NULL: no heading */
	struct slip_row rows[SLIP_MAX_ROWS];
	size_t row_count;
	const char *qr;        /* what the code says; NULL: no QR */
	const char *code;      /* dashed, under it */
	const char *body;      /* long text (a print of what could not be accepted), NULL for none */
	const char *next_head; /* 接下来 */
	const char *next;      /* what happens now, with the deadlines; NULL: nothing */
	const char *foot;      /* may be NULL */
};

/* Draws the slip, black on white, `width_px` wide; the canvas is the caller's to destroy. */
MUST_USE enum err slip_render(struct text_engine *text, enum text_face face, const struct slip *slip, int width_px,
                              struct canvas *out);

/* The canvas as 8-bit grey, malloc'ed, width x height, the caller's to wipe and free. */
MUST_USE enum err slip_grey(const struct canvas *canvas, uint8_t **grey);

#endif
