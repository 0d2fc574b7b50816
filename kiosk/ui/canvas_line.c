/* canvas_line.c: strokes. The segments are gathered in a mask of the greatest coverage, which is then laid
 * on once. */
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/canvas.h"

/* Far outside any canvas, yet safe to turn into an int. */
static const float FAR_PX = 100000.0F;

static float tame(float v)
{
	return !(v > -FAR_PX) ? -FAR_PX : v > FAR_PX ? FAR_PX : v;
}

static struct canvas_point tame_point(struct canvas_point p)
{
	return (struct canvas_point){ tame(p.x), tame(p.y) };
}

struct scratch { uint8_t *cover; struct rect box; };

struct segment { struct canvas_point a, b; float dx, dy, len2, reach, half; };

/* The part of the row at height `cy` that can be within reach of the segment. */
static void reach_of_row(const struct segment *s, float cy, float *x0, float *x1)
{
	float t0 = 0.0F, t1 = 1.0F;

	if (fabsf(s->dy) > 1e-6F) {
		float ta = (cy - s->reach - s->a.y) / s->dy, tb = (cy + s->reach - s->a.y) / s->dy;
		t0 = fmaxf(0.0F, fminf(ta, tb));
		t1 = fminf(1.0F, fmaxf(ta, tb));
	}
	float xa = s->a.x + t0 * s->dx, xb = s->a.x + t1 * s->dx;
	*x0 = fminf(xa, xb) - s->reach;
	*x1 = fmaxf(xa, xb) + s->reach;
}

static unsigned segment_cover(const struct segment *s, float px, float py)
{
	float t = s->len2 > 0.0F ? ((px - s->a.x) * s->dx + (py - s->a.y) * s->dy) / s->len2 : 0.0F;
	t = t < 0.0F ? 0.0F : t > 1.0F ? 1.0F : t;
	float ex = px - (s->a.x + t * s->dx), ey = py - (s->a.y + t * s->dy), d2 = ex * ex + ey * ey;
	if (d2 >= s->reach * s->reach)
		return 0;
	/* A line thinner than a pixel is paler, not thinner. */
	float cover = s->half + 0.5F - sqrtf(d2), most = fminf(1.0F, 2.0F * s->half);
	return (unsigned)(fmaxf(0.0F, fminf(cover, most)) * 255.0F + 0.5F);
}

static void add_segment(struct scratch *m, const struct segment *s)
{
	int y0 = (int)floorf(fminf(s->a.y, s->b.y) - s->reach), y1 = (int)ceilf(fmaxf(s->a.y, s->b.y) + s->reach);

	y0 = y0 < m->box.y ? m->box.y : y0;
	y1 = y1 > m->box.y + m->box.h ? m->box.y + m->box.h : y1;
	for (int y = y0; y < y1; y++) {
		float from, to, cy = (float)y + 0.5F;
		reach_of_row(s, cy, &from, &to);
		int x0 = (int)floorf(from), x1 = (int)ceilf(to);
		x0 = x0 < m->box.x ? m->box.x : x0;
		x1 = x1 > m->box.x + m->box.w ? m->box.x + m->box.w : x1;
		uint8_t *row = m->cover + (ptrdiff_t)(y - m->box.y) * m->box.w;
		for (int x = x0; x < x1; x++) {
			uint8_t *out = row + (x - m->box.x);
			if (*out == 255)
				continue;
			unsigned cover = segment_cover(s, (float)x + 0.5F, cy);
			if (cover > *out)
				*out = (uint8_t)cover;
		}
	}
}

static bool bounds(const struct canvas *canvas, const struct canvas_point *points, size_t count, float reach,
                   struct rect *box)
{
	struct canvas_point low = tame_point(points[0]), high = low;

	for (size_t i = 1; i < count; i++) {
		struct canvas_point p = tame_point(points[i]);
		low = (struct canvas_point){ fminf(low.x, p.x), fminf(low.y, p.y) };
		high = (struct canvas_point){ fmaxf(high.x, p.x), fmaxf(high.y, p.y) };
	}
	int x0 = (int)floorf(low.x - reach), y0 = (int)floorf(low.y - reach);
	int x1 = (int)ceilf(high.x + reach), y1 = (int)ceilf(high.y + reach);
	return rect_intersect((struct rect){ x0, y0, x1 - x0, y1 - y0 }, canvas->clip, box);
}

void canvas_polyline(struct canvas *canvas, const struct canvas_point *points, size_t count, float width_px,
                     colour c)
{
	struct scratch m;

	if (!count || !(width_px > 0.0F) || width_px > FAR_PX || !(c >> 24))
		return;
	float half = width_px / 2.0F, reach = half + 0.5F;
	if (!bounds(canvas, points, count, reach, &m.box))
		return;
	size_t size = (size_t)m.box.w * (size_t)m.box.h;
	m.cover = calloc(size, 1);
	if (!m.cover)
		return;
	/* A single point is a dot: a segment of no length. */
	for (size_t i = 0; i == 0 || i + 1 < count; i++) {
		struct segment s = { .a = tame_point(points[i]), .b = tame_point(points[i + 1 < count ? i + 1 : i]) };
		s.dx = s.b.x - s.a.x;
		s.dy = s.b.y - s.a.y;
		s.len2 = s.dx * s.dx + s.dy * s.dy;
		s.half = half;
		s.reach = reach;
		add_segment(&m, &s);
	}
	canvas_mask(canvas, &(struct mask){ m.cover, m.box.w, m.box.h, m.box.w }, m.box.x, m.box.y, c);
	sodium_memzero(m.cover, size); /* it held a visitor's handwriting */
	free(m.cover);
}
