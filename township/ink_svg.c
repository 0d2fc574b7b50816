#include "township/ink_svg.h"

#include <stdio.h>

#include "model/ink.h"

enum { MARGIN = 300, PEN = 60 }; /* of INK_UNITS */

static void put_stroke(FILE *f, const struct ink_point *p, size_t count)
{
	fprintf(f, "M%d %d", p[0].x, p[0].y);
	for (size_t i = 1; i < count; i++)
		fprintf(f, "L%d %d", p[i].x, p[i].y);
	if (count == 1)
		fputs("h1", f); /* a dot: a line of no length is not drawn by all */
}

enum err ink_svg(const uint8_t *bytes, size_t len, char **svg, size_t *svg_len)
{
	struct ink ink = {0};
	int low_x = INK_UNITS, low_y = UINT16_MAX, high_x = 0, high_y = 0;
	enum err e = ink_decode(bytes, len, &ink);
	if (e)
		return e;
	for (size_t i = 0; i < ink.point_count; i++) {
		const struct ink_point p = ink.points[i];
		low_x = p.x < low_x ? p.x : low_x;
		low_y = p.y < low_y ? p.y : low_y;
		high_x = p.x > high_x ? p.x : high_x;
		high_y = p.y > high_y ? p.y : high_y;
	}
	if (ink.point_count == 0)
		low_x = low_y = 0;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	if (f) {
		fprintf(f,
		        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%d %d %d %d\"><path fill=\"none\" stroke=\"#221c17\""
		        " stroke-width=\"%d\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"",
		        low_x - MARGIN, low_y - MARGIN, high_x - low_x + 2 * MARGIN, high_y - low_y + 2 * MARGIN, PEN);
		for (size_t i = 0; i < ink.stroke_count; i++) {
			size_t count;
			const struct ink_point *p = ink_stroke(&ink, i, &count);
			if (count > 0)
				put_stroke(f, p, count);
		}
		fputs("\"/></svg>\n", f);
	}
	ink_clear(&ink);
	if (!f || fclose(f) != 0)
		return ERR_NOMEM;
	*svg = text;
	*svg_len = n;
	return ERR_OK;
}
