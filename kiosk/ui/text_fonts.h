/* text_fonts.h: the chain of fonts behind text.h. Which font has a character, and the opened faces. Only
 * the text_*.c files include this. */
#ifndef UI_TEXT_FONTS_H
#define UI_TEXT_FONTS_H

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/err.h"

enum font_id {
	FONT_SC, FONT_TC, FONT_SC_BOLD, FONT_TC_BOLD, FONT_HK, FONT_JP, FONT_KR, FONT_LATIN, FONT_LATIN_BOLD,
	FONT_TIBETAN, FONT_TIBETAN_BOLD, FONT_HANA_A, FONT_HANA_B, FONT_BABELSTONE, FONT_YI,
	FONT_MONGOLIAN, FONT_SYMBOLS, FONT_SYMBOLS_2, FONT_MATH,
	FONT_COUNT,
	FONT_NONE = 255 /* no font has it: a frame with the code point in it */
};

struct fonts;
struct font {
	FT_Face face;
	hb_font_t *hb;   /* scaled to units_per_em, so that one shaping serves every size */
	int units_per_em;
};

/* Opens the first font of the chain; ERR_NOT_FOUND without it. */
MUST_USE enum err fonts_create(struct fonts **fonts);
void fonts_destroy(struct fonts *fonts);

/* NULL when the font is not installed. Opened on first use, kept. */
const struct font *fonts_get(struct fonts *fonts, enum font_id id);

/* The first font that has the character, and its glyph; FONT_NONE and the code point when none has. */
enum font_id fonts_find(struct fonts *fonts, uint32_t cp, bool traditional, bool bold, uint32_t *gid);

/* Lets go of the mapped pages of a font, or of all with FONT_COUNT; touched again they come back from the page
 * cache. */
void fonts_release(struct fonts *fonts, enum font_id id);

/* Forgets which characters were looked up. */
void fonts_forget(struct fonts *fonts);

#endif
