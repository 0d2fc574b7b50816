/* text.h: every text on screen and slip: a chain of fonts, shaped by HarfBuzz, rasterised by FreeType,
 * broken into lines by libunibreak (UAX #14: no 。 at the start of a line), cached by content and style.
 * One thread. */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/err.h"
#include "ui/canvas.h"

struct text_engine; /* opaque: faces, glyph masks, laid-out paragraphs */

/* Opens the chain of Debian's fonts (Noto Sans CJK first; HanaMin for the rare planes, Noto Serif Tibetan,
 * each only when first needed; mmap'ed). ERR_NOT_FOUND when the first is missing. */
MUST_USE enum err text_engine_create(struct text_engine **engine);
void text_engine_destroy(struct text_engine *engine);

enum text_align { TEXT_LEFT, TEXT_CENTER, TEXT_RIGHT };
enum text_face { TEXT_SC, TEXT_TC }; /* which regional forms Han characters take */

struct text_style {
	int size_px;
	bool bold;
	enum text_align align;
	enum text_face face;
	int width_px;       /* lines are broken to it; 0: one line, never broken */
	int line_px;        /* distance of baselines; 0: 1.5 x size */
	int max_lines;      /* 0: all; beyond, the last line ends in … (so does a single line wider than `fit_px`) */
	int fit_px;         /* for one line: shortened with … to fit; 0: as long as it is */
	int tracking_px;    /* extra space after each character */
	bool fair;          /* a paragraph's last line is no lone character; two centred lines are of like length */
};

/* A laid-out text. Owned by the engine's cache: valid until text_engine_trim or the next
 * TEXT_FRAME_LAYOUTS layouts of other texts; ask again each frame (a hit costs a hash). */
struct text_layout;
enum { TEXT_FRAME_LAYOUTS = 512 };

/* Never NULL: when memory is short the layout is empty. Takes any bytes (invalid UTF-8 shows as U+FFFD),
 * at most 8 MB of them. Texts of more than about 1,000 characters leave the cache sooner, but the latest
 * four stay. */
const struct text_layout *text_layout(struct text_engine *engine, const char *utf8, size_t len,
                                      const struct text_style *style);

int text_width(const struct text_layout *layout);   /* of the widest line */
int text_height(const struct text_layout *layout);  /* lines x line_px */
int text_lines(const struct text_layout *layout);
bool text_was_cut(const struct text_layout *layout);
/* Where the caret before byte `offset` stands: x, top y and height, from the layout's top left. */
void text_caret(const struct text_layout *layout, size_t offset, struct rect *caret);
/* The byte offset whose caret is nearest to a point. */
size_t text_hit(const struct text_layout *layout, int x, int y);
/* Rectangles (at most `max`) that cover the bytes from..to, for a selection; the number. */
size_t text_span(const struct text_layout *layout, size_t from, size_t to, struct rect *rects, size_t max);

/* Draws with its top left at x, y (for centred and right-aligned one-line texts: aligned in width_px if
 * that is set). Lines outside the clip cost nothing. */
void text_draw(struct text_engine *engine, const struct text_layout *layout, struct canvas *canvas, int x,
               int y, colour c);

/* Drops and wipes every cached layout (they hold visitors' words) and keeps glyph masks only up to a
 * limit. */
void text_engine_trim(struct text_engine *engine);

#endif
