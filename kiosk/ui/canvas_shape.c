/* canvas_shape.c: rounded rectangles, circles, gradients and shadows. Only the corners are computed pixel
 * by pixel; all else is rows of one colour. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/canvas_pixel.h"

enum { BLUR_MAX_PX = 4096 };

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static int fit_radius(struct rect r, int radius_px)
{
	return max_int(0, min_int(radius_px, min_int(r.w, r.h) / 2));
}

/* One row of a rounded rectangle: nothing before `first`, all from `full` on, an anti-aliased edge
 * between; columns count from either side. */
struct edge { int first, full, radius; float dy2; };

static struct edge edge_of_row(struct rect r, int radius, int y)
{
	int from_top = y - r.y, from_bottom = r.y + r.h - 1 - y, near = min_int(from_top, from_bottom);
	struct edge e = { 0, 0, radius, 0.0F };

	if (near >= radius)
		return e;
	float dy = (float)radius - (float)near - 0.5F, rad = (float)radius;
	float outer = (rad + 0.5F) * (rad + 0.5F) - dy * dy, inner = (rad - 0.5F) * (rad - 0.5F) - dy * dy;
	e.dy2 = dy * dy;
	e.first = outer <= 0 ? radius : max_int(0, (int)(rad - sqrtf(outer) - 0.5F));
	e.full = inner <= 0 ? radius : min_int(radius, (int)ceilf(rad - sqrtf(inner) + 0.5F));
	return e;
}

static unsigned edge_cover(const struct edge *e, int column)
{
	if (column < e->first)
		return 0;
	if (column >= e->full)
		return 255;
	float dx = (float)e->radius - (float)column - 0.5F;
	float cover = (float)e->radius + 0.5F - sqrtf(dx * dx + e->dy2);
	return cover <= 0.0F ? 0 : cover >= 1.0F ? 255 : (unsigned)(cover * 255.0F + 0.5F);
}

static void row_between(struct canvas *canvas, int y, int x0, int x1, colour c, unsigned alpha)
{
	if (pixel_clip(canvas, y, &x0, &x1))
		pixel_row(pixel_at(canvas, x0, y), (size_t)(x1 - x0), c, alpha);
}

static void plain_round(struct canvas *canvas, struct rect r, int radius, colour c)
{
	unsigned alpha = pixel_alpha(c);
	struct rect seen;

	if (!alpha || !rect_intersect(r, canvas->clip, &seen))
		return;
	for (int y = seen.y; y < seen.y + seen.h; y++) {
		struct edge e = edge_of_row(r, radius, y);
		for (int i = e.first; i < e.full; i++) {
			unsigned a = pixel_cover(alpha, edge_cover(&e, i));
			row_between(canvas, y, r.x + i, r.x + i + 1, c, a);
			row_between(canvas, y, r.x + r.w - 1 - i, r.x + r.w - i, c, a);
		}
		row_between(canvas, y, r.x + e.full, r.x + r.w - e.full, c, alpha);
	}
}

/* The two colours share an edge pixel by their coverages, so that nothing of the ground shines through
 * between them. */
static void mix_two(uint32_t *pixel, colour fill, unsigned fill_a, colour border, unsigned border_a)
{
	unsigned rest = 256 - fill_a - border_a;
	uint32_t out = PIXEL_OPAQUE;

	for (int shift = 0; shift < 24; shift += 8) {
		unsigned sum = ((fill >> shift) & 0xFF) * fill_a + ((border >> shift) & 0xFF) * border_a +
		               ((*pixel >> shift) & 0xFF) * rest;
		out |= (uint32_t)(sum >> 8) << shift;
	}
	*pixel = out;
}

static void bordered_row(struct canvas *canvas, struct rect r, struct rect in, const struct edge *outer,
                         const struct edge *inner, int y, colour fill, colour border)
{
	unsigned fill_alpha = pixel_alpha(fill), border_alpha = pixel_alpha(border);
	int inset = in.x - r.x, last = min_int(inset + inner->full, (r.w + 1) / 2);

	for (int i = outer->first; i < last; i++) {
		unsigned out_cover = edge_cover(outer, i);
		unsigned in_cover = i < inset ? 0 : edge_cover(inner, i - inset);
		unsigned fill_a = pixel_cover(fill_alpha, in_cover);
		unsigned border_a = pixel_cover(border_alpha, out_cover > in_cover ? out_cover - in_cover : 0);
		if (fill_a + border_a > 256)
			border_a = 256 - fill_a;
		int sides[2] = { r.x + i, r.x + r.w - 1 - i };
		for (int s = 0; s < (sides[0] == sides[1] ? 1 : 2); s++) {
			int x0 = sides[s], x1 = x0 + 1;
			if (pixel_clip(canvas, y, &x0, &x1))
				mix_two(pixel_at(canvas, x0, y), fill, fill_a, border, border_a);
		}
	}
	row_between(canvas, y, r.x + last, r.x + r.w - last, fill, fill_alpha);
}

void canvas_round_rect(struct canvas *canvas, struct rect r, int radius_px, colour fill, int border_px,
                       colour border)
{
	int radius = fit_radius(r, radius_px);
	struct rect seen;

	if (border_px <= 0) {
		plain_round(canvas, r, radius, fill);
		return;
	}
	if (!rect_intersect(r, canvas->clip, &seen))
		return;
	if (2 * (int64_t)border_px >= min_int(r.w, r.h)) {
		plain_round(canvas, r, radius, border);
		return;
	}
	struct rect in = { r.x + border_px, r.y + border_px, r.w - 2 * border_px, r.h - 2 * border_px };
	int in_radius = fit_radius(in, radius - border_px);
	for (int y = seen.y; y < seen.y + seen.h; y++) {
		struct edge outer = edge_of_row(r, radius, y);
		if (y >= in.y && y < in.y + in.h) {
			struct edge inner = edge_of_row(in, in_radius, y);
			bordered_row(canvas, r, in, &outer, &inner, y, fill, border);
			continue;
		}
		struct edge none = { r.w, r.w, 0, 0.0F };
		struct rect all_border = { r.x, r.y, r.w, r.h };
		bordered_row(canvas, r, all_border, &outer, &none, y, fill, border);
	}
}

void canvas_circle(struct canvas *canvas, int cx, int cy, int radius_px, colour c)
{
	if (radius_px <= 0)
		return;
	struct rect box = { cx - radius_px, cy - radius_px, 2 * radius_px, 2 * radius_px };
	plain_round(canvas, box, radius_px, c);
}

/* At 135 degrees the colour depends on x + y alone, so that one table serves every row. Neighbours are
 * rounded by turns up and down: a chequered dither that hides the steps of a long, faint gradient. */
static void gradient_table(uint32_t *table, int count, colour from, colour to)
{
	for (int i = 0; i < count; i++) {
		uint32_t pixel = 0;
		for (int shift = 0; shift < 32; shift += 8) {
			int64_t a = (from >> shift) & 0xFF, b = (to >> shift) & 0xFF;
			int64_t v = ((a << 16) * (count - 1 - i) + (b << 16) * i) / max_int(1, count - 1);
			v += i & 1 ? 0xC000 : 0x4000;
			pixel |= (uint32_t)(v >> 16 > 255 ? 255 : v >> 16) << shift;
		}
		table[i] = pixel;
	}
}

static void gradient_row(struct canvas *canvas, const uint32_t *table, struct rect r, const struct edge *e,
                         int y)
{
	int x0 = r.x + e->first, x1 = r.x + r.w - e->first;
	int plain0 = r.x + e->full, plain1 = r.x + r.w - e->full;

	if (!pixel_clip(canvas, y, &x0, &x1))
		return;
	for (int x = x0; x < x1; x++) {
		uint32_t c = table[(x - r.x) + (y - r.y)], *out = pixel_at(canvas, x, y);
		if (x >= plain0 && x < plain1 && c >> 24 == 255) {
			int end = min_int(x1, plain1);
			memcpy(out, table + (x - r.x) + (y - r.y), (size_t)(end - x) * sizeof(*out));
			x = end - 1;
			continue;
		}
		*out = pixel_mix(*out, c, pixel_cover(pixel_alpha(c), edge_cover(e, min_int(x - r.x, r.x + r.w - 1 - x))));
	}
}

void canvas_gradient(struct canvas *canvas, struct rect r, int radius_px, colour from, colour to)
{
	int radius = fit_radius(r, radius_px);
	struct rect seen;

	if (!rect_intersect(r, canvas->clip, &seen))
		return;
	int64_t count = (int64_t)r.w + r.h;
	uint32_t *table = count <= 65536 ? malloc((size_t)count * sizeof(*table)) : NULL;
	if (!table) {
		plain_round(canvas, r, radius, from);
		return;
	}
	gradient_table(table, (int)count, from, to);
	/* A row of mixed opacity could not be copied as a whole. */
	if (from >> 24 != to >> 24 || from >> 24 != 255)
		for (int i = 0; i < (int)count; i++)
			if (table[i] >> 24 == 255)
				table[i] -= 0x01000000U;
	for (int y = seen.y; y < seen.y + seen.h; y++) {
		struct edge e = edge_of_row(r, radius, y);
		gradient_row(canvas, table, r, &e, y);
	}
	free(table);
}

enum { FALLOFF_STEPS = 4 }; /* a pixel */

/* Opacity of a blurred edge from blur_px inside it to blur_px outside: 1 - smoothstep, close to the Gauss
 * integral. */
static uint16_t *falloff_table(int blur_px, unsigned alpha)
{
	int count = 2 * blur_px * FALLOFF_STEPS;
	uint16_t *table = malloc((size_t)(count + 1) * sizeof(*table));

	for (int i = 0; table && i <= count; i++) {
		float t = (float)i / (float)count;
		table[i] = (uint16_t)((float)alpha * (1.0F - t * t * (3.0F - 2.0F * t)) + 0.5F);
	}
	return table;
}

static unsigned falloff(const uint16_t *table, int blur_px, float distance)
{
	float at = (distance + (float)blur_px) * (float)FALLOFF_STEPS;
	int last = 2 * blur_px * FALLOFF_STEPS;

	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn): blur_px > 0, so the table is filled */
	return table[at <= 0.0F ? 0 : at >= (float)last ? last : (int)(at + 0.5F)];
}

static void mix_pixel(const struct canvas *canvas, int x, int y, colour c, unsigned alpha)
{
	if (alpha && x >= canvas->clip.x && x < canvas->clip.x + canvas->clip.w) {
		uint32_t *out = pixel_at(canvas, x, y);
		*out = pixel_mix(*out, c, alpha);
	}
}

/* `all` is what the shadow covers, with its blur. */
static void shadow_row(struct canvas *canvas, struct rect all, int radius, int blur_px, const uint16_t *table,
                       int y, colour c)
{
	int side = radius + blur_px, near_y = min_int(y - all.y, all.y + all.h - 1 - y);
	float dy = (float)side - (float)near_y - 0.5F;

	for (int i = 0; i < side; i++) {
		float dx = (float)side - (float)i - 0.5F;
		float d = (dy > 0.0F ? sqrtf(dx * dx + dy * dy) : dx) - (float)radius;
		unsigned a = falloff(table, blur_px, d);
		mix_pixel(canvas, all.x + i, y, c, a);
		mix_pixel(canvas, all.x + all.w - 1 - i, y, c, a);
	}
	unsigned a = falloff(table, blur_px, dy > 0.0F ? dy - (float)radius : -(float)radius);
	row_between(canvas, y, all.x + side, all.x + all.w - side, c, a);
}

void canvas_shadow(struct canvas *canvas, struct rect r, int radius_px, int blur_px, int dy_px, colour c)
{
	struct rect seen;

	r.y += dy_px;
	if (blur_px <= 0) {
		plain_round(canvas, r, fit_radius(r, radius_px), c);
		return;
	}
	/* A blurred corner is rounder than the corner itself. */
	int radius = fit_radius(r, max_int(radius_px, blur_px));
	struct rect all = { r.x - blur_px, r.y - blur_px, r.w + 2 * blur_px, r.h + 2 * blur_px };
	if (!pixel_alpha(c) || blur_px > BLUR_MAX_PX || !rect_intersect(all, canvas->clip, &seen))
		return;
	uint16_t *table = falloff_table(blur_px, pixel_alpha(c));
	if (!table)
		return;
	for (int y = seen.y; y < seen.y + seen.h; y++)
		shadow_row(canvas, all, radius, blur_px, table, y, c);
	free(table);
}
