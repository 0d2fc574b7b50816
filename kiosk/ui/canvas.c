/* canvas.c: making canvases, and everything on them that is made of whole rows. */
#include "ui/canvas.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ui/canvas_pixel.h"

enum { CANVAS_SIDE_MAX = 16384, BLOCK_PX = 16 };

static_assert(sizeof(wchar_t) == sizeof(uint32_t), "rows are filled with wmemset");

bool rect_intersect(struct rect a, struct rect b, struct rect *out)
{
	int64_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int64_t ax = (int64_t)a.x + a.w, bx = (int64_t)b.x + b.w, x1 = ax < bx ? ax : bx;
	int64_t ay = (int64_t)a.y + a.h, by = (int64_t)b.y + b.h, y1 = ay < by ? ay : by;

	if (x1 <= x0 || y1 <= y0) {
		*out = (struct rect){0};
		return false;
	}
	*out = (struct rect){ (int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0) };
	return true;
}

enum err canvas_create(int width, int height, struct canvas *canvas)
{
	if (width <= 0 || height <= 0 || width > CANVAS_SIDE_MAX || height > CANVAS_SIDE_MAX)
		return ERR_INVALID;
	uint32_t *pixels = calloc((size_t)width * (size_t)height, sizeof(*pixels));
	if (!pixels)
		return ERR_NOMEM;
	*canvas = (struct canvas){ pixels, width, height, width, { 0, 0, width, height } };
	return ERR_OK;
}

void canvas_destroy(struct canvas *canvas)
{
	if (canvas->pixels) {
		sodium_memzero(canvas->pixels,
		               (size_t)canvas->stride_px * (size_t)canvas->height * sizeof(*canvas->pixels));
		free(canvas->pixels);
	}
	*canvas = (struct canvas){0};
}

void canvas_set_clip(struct canvas *canvas, struct rect clip)
{
	rect_intersect(clip, (struct rect){ 0, 0, canvas->width, canvas->height }, &canvas->clip);
}

/* Mixes whole blocks byte by byte: a loop of fixed length over bytes is what compilers turn into vector
 * code. */
static void mix_row(uint32_t *row, size_t count, colour c, unsigned alpha)
{
	uint16_t add[BLOCK_PX * 4], rest = (uint16_t)(256 - alpha);
	uint32_t pixel = c | PIXEL_OPAQUE;
	uint8_t bytes[4];

	memcpy(bytes, &pixel, sizeof(bytes));
	for (size_t i = 0; i < BLOCK_PX * 4; i++)
		add[i] = (uint16_t)(bytes[i & 3] * alpha);
	for (; count >= BLOCK_PX; count -= BLOCK_PX, row += BLOCK_PX) {
		uint8_t block[BLOCK_PX * 4];
		memcpy(block, row, sizeof(block));
		for (size_t i = 0; i < BLOCK_PX * 4; i++)
			block[i] = (uint8_t)((uint16_t)(block[i] * rest + add[i]) >> 8);
		memcpy(row, block, sizeof(block));
	}
	for (size_t i = 0; i < count; i++)
		row[i] = pixel_mix(row[i], c, alpha);
}

void pixel_row(uint32_t *row, size_t count, colour c, unsigned alpha)
{
	if (alpha >= 256)
		wmemset((wchar_t *)row, (wchar_t)(c | PIXEL_OPAQUE), count);
	else if (alpha > 0)
		mix_row(row, count, c, alpha);
}

void canvas_fill(struct canvas *canvas, struct rect r, colour c)
{
	unsigned alpha = pixel_alpha(c);

	if (!alpha || !rect_intersect(r, canvas->clip, &r))
		return;
	for (int y = r.y; y < r.y + r.h; y++)
		pixel_row(pixel_at(canvas, r.x, y), (size_t)r.w, c, alpha);
}

static void mask_row(uint32_t *out, const uint8_t *cover, int count, colour c, unsigned alpha)
{
	for (int i = 0; i < count; i++) {
		if (!cover[i])
			continue;
		unsigned a = pixel_cover(alpha, cover[i]);
		if (a >= 256)
			out[i] = c | PIXEL_OPAQUE;
		else
			out[i] = pixel_mix(out[i], c, a);
	}
}

void canvas_mask(struct canvas *canvas, const struct mask *mask, int x, int y, colour c)
{
	unsigned alpha = pixel_alpha(c);
	struct rect r;

	if (!alpha || !rect_intersect((struct rect){ x, y, mask->width, mask->height }, canvas->clip, &r))
		return;
	for (int row = r.y; row < r.y + r.h; row++)
		mask_row(pixel_at(canvas, r.x, row), mask->bytes + (ptrdiff_t)(row - y) * mask->stride + (r.x - x), r.w, c,
		         alpha);
}

void canvas_dashes(struct canvas *canvas, int x, int y, int w, int thick_px, int dash_px, int gap_px,
                   colour c)
{
	if (dash_px <= 0 || gap_px < 0)
		return;
	/* Begins at the first dash that the clip can show: a far-off start must not cost a loop of its own. */
	int64_t step = (int64_t)dash_px + gap_px, end = (int64_t)x + w, from = x;
	if (from < canvas->clip.x)
		from += (canvas->clip.x - from) / step * step;
	if (end > (int64_t)canvas->clip.x + canvas->clip.w)
		end = (int64_t)canvas->clip.x + canvas->clip.w;
	for (; from < end; from += step) {
		int64_t len = end - from < dash_px ? end - from : dash_px;
		canvas_fill(canvas, (struct rect){ (int)from, y, (int)len, thick_px }, c);
	}
}

/* Whole blocks byte by byte, as in mix_row: a fade does this to the whole screen, frame by frame. */
static void mix_block(uint8_t *restrict to, const uint8_t *restrict from, uint16_t alpha)
{
	uint16_t rest = (uint16_t)(256 - alpha);
	for (int i = 0; i < BLOCK_PX * 4; i++)
		to[i] = (uint8_t)((uint16_t)((uint16_t)(from[i] * alpha) + (uint16_t)(to[i] * rest)) >> 8);
}

static void mix_pixels(uint32_t *to, const uint32_t *from, int count, unsigned alpha)
{
	int i = 0;
	for (; i + BLOCK_PX <= count; i += BLOCK_PX) {
		mix_block((uint8_t *)(to + i), (const uint8_t *)(from + i), (uint16_t)alpha);
		for (int k = 0; k < BLOCK_PX; k++)
			to[i + k] |= PIXEL_OPAQUE;
	}
	for (; i < count; i++)
		to[i] = pixel_mix(to[i], from[i], alpha);
}

void canvas_blit(struct canvas *canvas, const struct canvas *src, int x, int y, int alpha)
{
	struct rect r;
	unsigned a = alpha <= 0 ? 0 : alpha >= 255 ? 256 : (unsigned)alpha + ((unsigned)alpha >> 7);

	if (!a || !rect_intersect((struct rect){ x, y, src->width, src->height }, canvas->clip, &r))
		return;
	for (int row = r.y; row < r.y + r.h; row++) {
		const uint32_t *from = pixel_at(src, r.x - x, row - y);
		uint32_t *to = pixel_at(canvas, r.x, row);
		if (a == 256) {
			memcpy(to, from, (size_t)r.w * sizeof(*to));
			continue;
		}
		mix_pixels(to, from, r.w, a);
	}
}
