#include "ui/glyph.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

enum { RAW_POINTS = 512 };

/* On the pad of 1.0: a corner flatter than this is the hand's tremble, not the stroke's. */
static const float FLAT = 0.03f;
static const float MARGIN = 0.05f;

struct box { float x0, y0, x1, y1; };

static struct box bounds(const struct ink *ink)
{
	struct box b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
	for (size_t i = 0; i < ink->stroke_count; i++) {
		size_t n;
		const struct ink_point *p = ink_stroke(ink, i, &n);
		for (size_t k = 0; k < n; k++) {
			b.x0 = fminf(b.x0, p[k].x);
			b.x1 = fmaxf(b.x1, p[k].x);
			b.y0 = fminf(b.y0, p[k].y);
			b.y1 = fmaxf(b.y1, p[k].y);
		}
	}
	return b;
}

static float off_line(struct glyph_point p, struct glyph_point a, struct glyph_point b)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): kept[] ends at n - 1, within raw */
	float dx = b.x - a.x, dy = b.y - a.y, len = hypotf(dx, dy);
	if (len < 1e-6f)
		return hypotf(p.x - a.x, p.y - a.y);
	return fabsf(dx * (p.y - a.y) - dy * (p.x - a.x)) / len;
}

/* Keeps the GLYPH_POINTS most telling points: the ends, then again and again the point farthest off the line. */
static void simplify(const struct glyph_point *raw, size_t n, struct glyph_stroke *out)
{
	size_t kept[GLYPH_POINTS] = { 0, n - 1 }, count = n > 1 ? 2 : 1;
	while (count > 1 && count < GLYPH_POINTS) {
		float best = FLAT;
		size_t at = 0, after = 0;
		for (size_t s = 0; s + 1 < count; s++) {
			for (size_t k = kept[s] + 1; k < kept[s + 1]; k++) {
				float d = off_line(raw[k], raw[kept[s]], raw[kept[s + 1]]);
				if (d > best) {
					best = d;
					at = k;
					after = s;
				}
			}
		}
		if (at == 0)
			break;
		memmove(&kept[after + 2], &kept[after + 1], (count - after - 1) * sizeof kept[0]);
		kept[after + 1] = at;
		count++;
	}
	for (size_t s = 0; s < count; s++)
		out->points[s] = raw[kept[s]];
	out->count = count;
}

static struct glyph_point place(struct ink_point p, const struct box *b, float scale)
{
	float cx = (b->x0 + b->x1) / 2, cy = (b->y0 + b->y1) / 2;
	return (struct glyph_point){ 0.5f + ((float)p.x - cx) * scale, 0.5f + ((float)p.y - cy) * scale };
}

enum err glyph_from_ink(const struct ink *ink, struct glyph *out)
{
	if (ink->stroke_count == 0)
		return ERR_INVALID;
	if (ink->stroke_count > GLYPH_STROKES)
		return ERR_TOO_LONG;
	struct box b = bounds(ink);
	float w = fmaxf(b.x1 - b.x0, 1), h = fmaxf(b.y1 - b.y0, 1), side = fmaxf(w, h);
	float scale = (1 - 2 * MARGIN) / side;
	struct glyph_point raw[RAW_POINTS];
	out->count = ink->stroke_count;
	out->span = side / (float)INK_UNITS;
	out->aspect = fminf(fmaxf(w / h, 0.01f), 100);
	for (size_t i = 0; i < ink->stroke_count; i++) {
		size_t n, used = 0;
		const struct ink_point *p = ink_stroke(ink, i, &n);
		size_t step = n / RAW_POINTS + 1;
		for (size_t k = 0; k < n; k += step)
			raw[used++] = place(p[k], &b, scale);
		if (used > 0)
			raw[used - 1] = place(p[n - 1], &b, scale);
		if (used > 0)
			simplify(raw, used, &out->strokes[i]);
		else
			out->strokes[i].count = 0;
	}
	sodium_memzero(raw, sizeof raw);
	return ERR_OK;
}
