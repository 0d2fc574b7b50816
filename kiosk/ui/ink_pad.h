/* ink_pad.h: a pad that a finger draws on, into vector strokes; and strokes drawn small for reading back. */
#ifndef UI_INK_PAD_H
#define UI_INK_PAD_H

#include "model/ink.h"
#include "ui/ui.h"

struct ink_pad_look {
	bool cross;            /* the square's helping lines */
	bool ruled;            /* lines of a page */
	int width_design_px;   /* of the line */
};

enum ink_pad_event { INK_PAD_NOTHING, INK_PAD_BEGAN, INK_PAD_ENDED, INK_PAD_FULL };

/* Draws the pad with its ink and adds what the finger draws. */
enum ink_pad_event ink_pad(struct ui *ui, const char *id, struct rect r, struct ink *ink, struct ink_pad_look look);

/* The strokes alone, the page's width scaled to the rectangle's. */
void ink_draw(struct ui *ui, struct rect r, const struct ink *ink, float line_px);

#endif
