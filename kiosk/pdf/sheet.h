/* sheet.h: a PDF in the making, in millimetres from a page's upper left corner. Fonts are embedded, what has a date has the
 * caller's, so that the same drawing gives the same bytes.
 *
 * The first error sticks: what is drawn after it is nothing, and sheet_finish gives it. */
#ifndef PDF_SHEET_H
#define PDF_SHEET_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct sheet; /* opaque */

struct sheet_info {
	double width_mm, height_mm;
	const char *title, *author;
	int64_t made_ms; /* unix */
};
MUST_USE enum err sheet_create(const struct sheet_info *info, struct sheet **sheet);
void sheet_destroy(struct sheet *sheet);
/* What was drawn is a page; the next begins. Not after the last. */
void sheet_next_page(struct sheet *sheet);
/* Ends the last page. *pdf is malloc'ed, the caller's; the sheet is still to be destroyed. */
MUST_USE enum err sheet_finish(struct sheet *sheet, uint8_t **pdf, size_t *len);

/* For lines and shapes, in millimetres; owned by the sheet. */
cairo_t *sheet_cairo(struct sheet *sheet);
void sheet_colour(struct sheet *sheet, uint32_t rgb);
void sheet_rect(struct sheet *sheet, double x, double y, double w, double h, uint32_t rgb);
/* A path; the caller fills or strokes it. */
void sheet_round(struct sheet *sheet, double x, double y, double w, double h, double radius);
void sheet_fail(struct sheet *sheet, enum err e);

enum sheet_align { SHEET_LEFT, SHEET_CENTRE, SHEET_RIGHT };
struct sheet_text {
	double x, y, w, h;  /* mm; the text stands in the middle of its height */
	double size, least; /* mm of the letter's height: as large as fits, from size down to least */
	int lines;          /* at most */
	bool bold;
	double spacing;     /* mm between letters */
	enum sheet_align align;
	uint32_t rgb;
};
/* Draws a UTF-8 text whole: never cut. Characters that the font lacks come from others. ERR_NOT_FOUND sticks when none has
 * one, ERR_TOO_LONG when it does not fit at its least size. Gives the width that it took, mm. */
double sheet_put(struct sheet *sheet, const struct sheet_text *box, const char *text);
/* How wide it is in one line of box->size, mm; nothing is drawn. */
double sheet_measure(struct sheet *sheet, const struct sheet_text *box, const char *text);

#endif
