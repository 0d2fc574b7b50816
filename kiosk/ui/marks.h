/* marks.h: digits and punctuation drawn by hand, which the Chinese model does not know. */
#ifndef UI_MARKS_H
#define UI_MARKS_H

#include "ui/glyph.h"

enum { MARKS_MAX = 4 };
struct marks {
	const char *items[MARKS_MAX];
	size_t count;
	size_t rank; /* where in the list of characters they belong: 0 is before all */
};

/* Compares with shapes of one or two strokes; gives none for what is like none of them. */
void marks_match(const struct glyph *g, struct marks *out);

#endif
