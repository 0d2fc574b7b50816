/* text_masks.h: rasterised glyphs, kept up to a limit. Only the text_*.c files include this. */
#ifndef UI_TEXT_MASKS_H
#define UI_TEXT_MASKS_H

#include "ui/canvas.h"
#include "ui/text_fonts.h"

struct text_masks;

struct glyph_mask {
	struct mask mask;   /* width 0 for a blank */
	int left_px, top_px; /* from the origin on the baseline to the top left; top_px counts upwards */
};

/* Borrows `fonts`. */
MUST_USE enum err text_masks_create(struct fonts *fonts, struct text_masks **masks);
void text_masks_destroy(struct text_masks *masks);

/* Valid until the next call; NULL when memory is short. FONT_NONE draws a frame around the hex digits of
 * `gid`. */
const struct glyph_mask *text_masks_get(struct text_masks *masks, enum font_id font, uint32_t gid,
                                        int size_px);

/* Drops (and wipes) what was not used since the last call. */
void text_masks_sweep(struct text_masks *masks);

/* Bytes held now. */
size_t text_masks_bytes(const struct text_masks *masks);

#endif
