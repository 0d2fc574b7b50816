#include "ui/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 24, SHAPE_STROKES = 2, SHAPE_POINTS = 10 };

/* Below this part of the page's width a lone stroke is a mark, not a character. */
static const float DOT_SPAN = 0.2f;
/* Mean distance of corresponding points, of a shape 1 high, up to which it is taken for the same. */
static const float ALIKE = 0.16f;

struct shape {
	const char *text;
	unsigned char counts[SHAPE_STROKES];
	struct glyph_point points[SHAPE_STROKES][SHAPE_POINTS];
};

/* Drawn once for this table, in the usual directions, 1 high. */
static const struct shape SHAPES[] = {
	{ "0", { 9 }, { { { .35f, 0 }, { .12f, .12f }, { 0, .5f }, { .1f, .88f }, { .35f, 1 }, { .58f, .88f }, { .68f, .5f },
		{ .58f, .12f }, { .35f, 0 } } } },
	{ "1", { 2 }, { { { 0, 0 }, { 0, 1 } } } },
	{ "1", { 3 }, { { { 0, .2f }, { .2f, 0 }, { .2f, 1 } } } },
	{ "2", { 8 }, { { { .02f, .22f }, { .12f, .06f }, { .32f, 0 }, { .55f, .1f }, { .58f, .32f }, { .35f, .65f }, { 0, 1 },
		{ .65f, .98f } } } },
	{ "3", { 9 }, { { { .05f, .08f }, { .3f, 0 }, { .52f, .12f }, { .48f, .35f }, { .22f, .47f }, { .52f, .58f }, { .58f, .8f },
		{ .35f, 1 }, { 0, .93f } } } },
	{ "4", { 3, 2 }, { { { .42f, 0 }, { 0, .65f }, { .7f, .63f } }, { { .5f, .3f }, { .48f, 1 } } } },
	{ "5", { 7, 2 }, { { { .1f, .02f }, { .05f, .42f }, { .35f, .38f }, { .57f, .55f }, { .55f, .82f }, { .3f, 1 }, { 0, .93f } },
		{ { .1f, .02f }, { .6f, 0 } } } },
	{ "6", { 9 }, { { { .5f, 0 }, { .2f, .2f }, { .03f, .55f }, { .05f, .85f }, { .28f, 1 }, { .52f, .88f }, { .52f, .65f },
		{ .3f, .53f }, { .06f, .68f } } } },
	{ "7", { 3 }, { { { 0, .03f }, { .6f, 0 }, { .2f, 1 } } } },
	{ "8", { 10 }, { { { .5f, .12f }, { .28f, 0 }, { .05f, .14f }, { .12f, .38f }, { .45f, .6f }, { .55f, .84f }, { .28f, 1 },
		{ .02f, .84f }, { .15f, .58f }, { .5f, .12f } } } },
	{ "9", { 8 }, { { { .52f, .15f }, { .28f, 0 }, { .04f, .15f }, { .08f, .42f }, { .32f, .5f }, { .52f, .2f }, { .5f, .6f },
		{ .4f, 1 } } } },
	{ "？", { 7, 2 }, { { { 0, .18f }, { .15f, .02f }, { .4f, .02f }, { .52f, .2f }, { .4f, .4f }, { .25f, .52f }, { .25f, .75f } },
		{ { .24f, .95f }, { .26f, 1 } } } },
	{ "！", { 2, 2 }, { { { 0, 0 }, { 0, .72f } }, { { 0, .95f }, { .01f, 1 } } } },
};

static float length_of(const struct glyph_point *p, size_t n)
{
	float sum = 0;
	for (size_t i = 1; i < n; i++)
		sum += hypotf(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
	return sum;
}

/* SAMPLES points at even distances along the line. */
static void resample(const struct glyph_point *p, size_t n, struct glyph_point *out)
{
	float step = length_of(p, n) / (SAMPLES - 1), walked = 0;
	size_t at = 0;
	for (size_t k = 0; k < SAMPLES; k++) {
		float want = step * (float)k;
		while (at + 2 < n) {
			float piece = hypotf(p[at + 1].x - p[at].x, p[at + 1].y - p[at].y);
			if (walked + piece >= want)
				break;
			walked += piece;
			at++;
		}
		if (n < 2) {
			out[k] = p[0];
			continue;
		}
		float piece = hypotf(p[at + 1].x - p[at].x, p[at + 1].y - p[at].y);
		float t = piece > 1e-6f ? fminf((want - walked) / piece, 1) : 0;
		out[k] = (struct glyph_point){ p[at].x + (p[at + 1].x - p[at].x) * t, p[at].y + (p[at + 1].y - p[at].y) * t };
	}
}

/* Moves all points so that the shape is 1 high (or, when wider, 1 wide) and its box begins at 0. */
static void normalise(struct glyph_point *p, size_t n)
{
	float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		x0 = fminf(x0, p[i].x);
		x1 = fmaxf(x1, p[i].x);
		y0 = fminf(y0, p[i].y);
		y1 = fmaxf(y1, p[i].y);
	}
	float side = fmaxf(fmaxf(x1 - x0, y1 - y0), 1e-6f), cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct glyph_point){ 0.5f + (p[i].x - cx) / side, 0.5f + (p[i].y - cy) / side };
}

static float distance(const struct glyph *g, const struct shape *s)
{
	size_t strokes = s->counts[1] ? 2 : 1;
	if (g->count != strokes)
		return INFINITY;
	struct glyph_point a[SHAPE_STROKES * SAMPLES], b[SHAPE_STROKES * SAMPLES];
	for (size_t i = 0; i < strokes; i++) {
		resample(g->strokes[i].points, g->strokes[i].count, a + i * SAMPLES);
		resample(s->points[i], s->counts[i], b + i * SAMPLES);
	}
	normalise(a, strokes * SAMPLES);
	normalise(b, strokes * SAMPLES);
	float sum = 0, back = 0;
	for (size_t i = 0; i < strokes * SAMPLES; i++) {
		size_t r = i / SAMPLES * SAMPLES + (SAMPLES - 1 - i % SAMPLES);
		sum += hypotf(a[i].x - b[i].x, a[i].y - b[i].y);
		back += hypotf(a[i].x - b[r].x, a[i].y - b[r].y);
	}
	/* A closed ring may be drawn either way round. */
	if (strcmp(s->text, "0") == 0)
		sum = fminf(sum, back);
	return sum / (float)(strokes * SAMPLES);
}

static bool is_ring(const struct glyph_stroke *s)
{
	struct glyph_point a = s->points[0], b = s->points[s->count - 1];
	return s->count >= 4 && hypotf(a.x - b.x, a.y - b.y) < 0.3f * length_of(s->points, s->count) / 2;
}

/* A lone small stroke: a ring is a full stop, one that falls to the left a comma, to the right an enumeration comma. */
static void match_dot(const struct glyph_stroke *s, struct marks *out)
{
	static const char *const FULL_STOP[] = { "。", "，", "、" }, *const COMMA[] = { "，", "、", "。" },
		*const LISTING[] = { "、", "，", "。" };
	const char *const *order = LISTING;
	if (is_ring(s))
		order = FULL_STOP;
	else if (s->points[s->count - 1].x < s->points[0].x)
		order = COMMA;
	memcpy(out->items, order, sizeof COMMA);
	out->count = 3;
	out->rank = 0;
}

void marks_match(const struct glyph *g, struct marks *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < g->count; i++)
		if (g->strokes[i].count == 0)
			return;
	if (g->count == 1 && g->span < DOT_SPAN) {
		match_dot(&g->strokes[0], out);
		return;
	}
	float best = ALIKE;
	for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
		float d = distance(g, &SHAPES[i]);
		if (d < best) {
			best = d;
			out->items[0] = SHAPES[i].text;
			out->count = 1;
		}
	}
	/* Few characters are of one stroke, so a digit is meant; of two there are many. */
	out->rank = g->count == 1 ? 0 : best < ALIKE / 2 ? 1 : 3;
}
