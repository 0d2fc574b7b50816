/* text_shape.h: characters to positioned glyphs, before they are broken into lines. Only the text_*.c
 * files include this. */
#ifndef UI_TEXT_SHAPE_H
#define UI_TEXT_SHAPE_H

#include <stddef.h>

#include "ui/text.h"
#include "ui/text_fonts.h"

/* Lengths are in 1/64 px. */
struct text_glyph { uint32_t gid; int32_t dx, dy; uint8_t font; };

enum cluster_flag {
	CLUSTER_BREAK = 1,   /* a line may end after it */
	CLUSTER_NEWLINE = 2, /* a line must end after it */
	CLUSTER_BLANK = 4,   /* does not count at the end of a line */
	CLUSTER_CONTROL = 8  /* part of a line's end, not of its words (CR, LF …) */
};

/* What the caret steps over: a character with its marks. */
struct text_cluster {
	uint32_t start;   /* byte offset */
	uint32_t glyph;   /* the first of its glyphs; they end where the next cluster's begin */
	int32_t x;        /* from the start of its line; set when lines are broken */
	int32_t advance;
	uint8_t flags;    /* enum cluster_flag */
};

/* Growing scratch, reused for text after text and wiped after each. */
struct text_shape {
	uint32_t *chars, *starts; /* code points and their byte offsets; one end mark in starts */
	char *breaks;             /* libunibreak's verdict after each */
	size_t char_count, char_room;
	struct text_cluster *clusters; /* one more than cluster_count: the end mark */
	size_t cluster_count, cluster_room;
	struct text_glyph *glyphs;
	size_t glyph_count, glyph_room;
	hb_buffer_t *buffer;
};

MUST_USE enum err text_shape_init(struct text_shape *shape);
void text_shape_free(struct text_shape *shape);
MUST_USE enum err text_shape_run(struct text_shape *shape, struct fonts *fonts, const char *utf8, size_t len,
                                 const struct text_style *style);
/* Adds one character's glyph at the end of the glyphs; gives its advance. For the ellipsis. */
MUST_USE enum err text_shape_append(struct text_shape *shape, struct fonts *fonts, uint32_t cp,
                                    const struct text_style *style, int32_t *advance);
void text_shape_wipe(struct text_shape *shape);
/* Gives the scratch of a long text back. */
void text_shape_shrink(struct text_shape *shape);

#endif
