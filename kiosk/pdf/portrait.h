/* portrait.h: a person's picture, of any size and kind, made ready for a card: upright, of the card's proportions, small. */
#ifndef PDF_PORTRAIT_H
#define PDF_PORTRAIT_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	PORTRAIT_WIDTH_PX = 480, /* at most, with the height 4:5 */
	PORTRAIT_HEIGHT_PX = 600,
	PORTRAIT_MIN_PX = 64,    /* narrower than this is no portrait */
	PORTRAIT_SOURCE_MAX_PX = 50 * 1000 * 1000, /* pixels in all that are decoded, 150 MB */
};

struct portrait {
	int width, height;
	uint32_t *pixels; /* owned; 0xFFRRGGBB by rows; portrait_clear */
	/* The file itself, where it is a JPEG of just these pixels and without metadata; else NULL. Borrowed from whoever had it
	 * decoded. */
	const uint8_t *jpeg;
	size_t jpeg_len;
};

/* Decodes a JPEG, PNG or WebP (SDL_image), turns it upright (Exif), cuts it to 4:5 around the upper middle, where faces are, and
 * makes it smaller, never larger; what was transparent is white. ERR_UNSUPPORTED: another kind of file, or a JPEG for print
 * (CMYK); ERR_CORRUPT: broken; ERR_TOO_LONG: more pixels than PORTRAIT_SOURCE_MAX_PX; ERR_INVALID: too small; ERR_NOMEM. */
MUST_USE enum err portrait_decode(const uint8_t *bytes, size_t len, struct portrait *portrait);
/* The same, cut where somebody says: `cut` in upright pixels, ERR_INVALID where it is not inside or narrower than
 * PORTRAIT_MIN_PX. Its height follows from its width, 4:5. */
struct portrait_cut { int left, top, width; };
MUST_USE enum err portrait_decode_cut(const uint8_t *bytes, size_t len, const struct portrait_cut *cut, struct portrait *portrait);
/* The whole picture, upright, neither side longer than `side_max`: something to choose the cut on. Errors as above. */
MUST_USE enum err portrait_decode_whole(const uint8_t *bytes, size_t len, int side_max, struct portrait *portrait);
/* What portrait_decode cuts out of a picture of that size (upright). The width is 0 where it is too small. */
struct portrait_cut portrait_proposed(int width, int height);
void portrait_clear(struct portrait *portrait);

/* As a JPEG of at most `max` bytes, without any metadata; *bytes is malloc'ed, the caller's. ERR_TOO_LONG when not even a coarse
 * one is small enough. */
MUST_USE enum err portrait_jpeg(const struct portrait *portrait, size_t max, uint8_t **bytes, size_t *len);

#endif
