/* theme.h: the tokens of /shared/look as numbers. Sizes are in design pixels of a 1080-pixel-wide screen; ui_px() turns them into
 * pixels of this one. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>

#include "ui/canvas.h"

struct palette {
	colour paper, card, strip, line, ink, soft, red, red_light, gold, gold_soft, gold_ink, green, green_soft, amber, face,
	    face_ink, pad, white;
};

enum text_size { SIZE_SMALL, SIZE_BODY, SIZE_BUTTON, SIZE_TITLE, SIZE_HEADING, SIZE_BIG, SIZE_HERO, SIZE_GIANT, SIZE_COUNT };

struct theme {
	const struct palette *palette;
	float scale;        /* pixels for one design pixel */
	bool landscape;
	bool compact;       /* no room for the title strip and the header's second line */
	bool large;         /* large text mode */
	bool calm;          /* no transitions */
	int width_px, height_px;
	int target_px;      /* the least side of anything that can be touched: 15 mm, or 96 px where the panel is unknown */
	int font_px[SIZE_COUNT];
	int header_px, title_px, bar_px, margin_px, gap_px, corner_px;
};

extern const struct palette palette_light;

/* `panel_mm` is the panel's diagonal, 0 when unknown. */
void theme_make(struct theme *theme, int width_px, int height_px, double panel_mm, bool large, bool calm);

#endif
