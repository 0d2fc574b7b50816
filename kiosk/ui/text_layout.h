/* text_layout.h: a text in lines, as the cache keeps it. Only the text_*.c files include this. */
#ifndef UI_TEXT_LAYOUT_H
#define UI_TEXT_LAYOUT_H

#include "ui/text_shape.h"

struct text_line {
	uint32_t first, end; /* clusters; what a line's end is made of (LF …) comes after `end` */
	uint32_t start, stop; /* bytes; `stop` is where the caret at its right end stands */
	int32_t x, width;    /* in 1/64 px; blanks at the end do not count */
	bool wrapped;        /* the next line goes on with the same paragraph */
};

/* One block of memory: this, its lines, clusters (with an end mark), glyphs and the text. */
struct text_layout {
	struct text_layout *newer, *older, *chain; /* of the engine's cache */
	uint64_t hash;
	size_t size; /* of the whole block */
	struct text_style style;
	uint32_t text_len, cluster_count, line_count;
	int32_t width; /* of the widest line, 1/64 px */
	bool cut;
	struct text_line *lines;
	struct text_cluster *clusters;
	struct text_glyph *glyphs;
	char *text;
};

/* Scratch for breaking lines, reused. */
struct text_lines { struct text_line *items; size_t count, room; };
void text_lines_free(struct text_lines *lines);

/* Shapes, breaks and packs a text. The style's sizes are in range. The block is the caller's: wipe all
 * `size` bytes, free. */
MUST_USE enum err text_layout_make(struct text_shape *shape, struct text_lines *lines, struct fonts *fonts,
                                   const char *utf8, size_t len, const struct text_style *style,
                                   struct text_layout **layout);

#endif
