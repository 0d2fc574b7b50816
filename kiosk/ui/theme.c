#include "ui/theme.h"

#include <math.h>
#include <string.h>

const struct palette palette_light = {
	.paper = 0xFFF6F2EA,
	.card = 0xFFFFFFFF,
	.strip = 0xFFFFFAF2,
	.line = 0xFFE3DACB,
	.ink = 0xFF221C17,
	.soft = 0xFF6B6157,
	.red = 0xFFA8201A,
	.red_light = 0xFFC43A2E,
	.gold = 0xFFB98A2E,
	.gold_soft = 0xFFF4E7C8,
	.gold_ink = 0xFF6B4C0D,
	.green = 0xFF1D7A55,
	.green_soft = 0xFFDDF0E7,
	.amber = 0xFFB4690E,
	.face = 0xFFEADFCB,
	.face_ink = 0xFF8C7A5C,
	.pad = 0xFFFFFDF8,
	.white = 0xFFFFFFFF,
};

/* Design sizes, and the least that old eyes are asked to read (design.md: body 28 px, in large mode 40). */
static const int design_font[SIZE_COUNT] = {
	[SIZE_SMALL] = 30, [SIZE_BODY] = 36, [SIZE_BUTTON] = 42, [SIZE_TITLE] = 44,
	[SIZE_HEADING] = 54, [SIZE_BIG] = 64, [SIZE_HERO] = 96, [SIZE_GIANT] = 120,
};
enum { FLOOR_PX = 28, FLOOR_LARGE_PX = 40, TARGET_UNKNOWN_PX = 96 };
static const double target_mm = 15.0, large_factor = 1.25;

static int at_least(double value, int least)
{
	int rounded = (int)lround(value);
	return rounded < least ? least : rounded;
}

void theme_make(struct theme *theme, int width_px, int height_px, double panel_mm, bool large, bool calm)
{
	memset(theme, 0, sizeof *theme);
	int short_px = width_px < height_px ? width_px : height_px;
	theme->palette = &palette_light;
	theme->width_px = width_px;
	theme->height_px = height_px;
	theme->scale = (float)short_px / 1080.0f;
	theme->landscape = width_px > height_px;
	theme->compact = height_px < 700;
	theme->large = large;
	theme->calm = calm;

	double s = theme->scale;
	int floor_px = large ? FLOOR_LARGE_PX : FLOOR_PX;
	for (int i = 0; i < SIZE_COUNT; i++) {
		/* Heroes are large already; they grow less, so that a large page still fits. */
		double grow = !large ? 1.0 : i >= SIZE_BIG ? 1.1 : large_factor;
		int step = i > SIZE_BODY ? (i - SIZE_BODY) * 2 : 0; /* headings stay above body even at the floor */
		theme->font_px[i] = at_least(design_font[i] * s * grow, floor_px + (theme->compact && large ? 0 : step));
	}
	theme->target_px = TARGET_UNKNOWN_PX;
	if (panel_mm > 0) {
		double px_per_mm = hypot(width_px, height_px) / panel_mm;
		theme->target_px = at_least(target_mm * px_per_mm, 40);
	}
	/* Height is dear in landscape. */
	theme->header_px = theme->compact ? 72 : at_least((theme->landscape ? (large ? 140 : 124) : 168) * s, 100);
	theme->title_px = theme->compact ? 0 : at_least((theme->landscape ? 92 : 120) * s, 72);
	theme->bar_px = at_least((theme->landscape ? 136 : 168) * s, theme->target_px + 12);
	theme->margin_px = at_least(48 * s, 16);
	theme->gap_px = at_least(32 * s, 12);
	theme->corner_px = at_least(28 * s, 12);
}
