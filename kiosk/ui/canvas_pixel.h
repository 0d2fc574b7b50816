/* canvas_pixel.h: how colours are mixed, shared by the canvas files alone. Alphas run 0..256 inside, so that
 * 256 is exactly the new colour and 0 exactly the old one. */
#ifndef UI_CANVAS_PIXEL_H
#define UI_CANVAS_PIXEL_H

#include "ui/canvas.h"

#define PIXEL_OPAQUE 0xFF000000U

static inline unsigned pixel_alpha(colour c)
{
	unsigned a = c >> 24;
	return a + (a >> 7);
}

/* `coverage` 0..255 times alpha 0..256. */
static inline unsigned pixel_cover(unsigned alpha, unsigned coverage)
{
	return (alpha * (coverage + (coverage >> 7))) >> 8;
}

static inline uint32_t pixel_mix(uint32_t under, colour over, unsigned alpha)
{
	unsigned rest = 256 - alpha;
	uint32_t rb = (((over & 0xFF00FFU) * alpha + (under & 0xFF00FFU) * rest) >> 8) & 0xFF00FFU;
	uint32_t g = (((over & 0xFF00U) * alpha + (under & 0xFF00U) * rest) >> 8) & 0xFF00U;
	return PIXEL_OPAQUE | rb | g;
}

/* One row of one colour. The row is inside the canvas already. */
void pixel_row(uint32_t *row, size_t count, colour c, unsigned alpha);

/* The part x0..x1 of row y that the clip leaves; false: none. */
static inline bool pixel_clip(const struct canvas *canvas, int y, int *x0, int *x1)
{
	const struct rect *clip = &canvas->clip;
	if (y < clip->y || y >= clip->y + clip->h)
		return false;
	if (*x0 < clip->x)
		*x0 = clip->x;
	if (*x1 > clip->x + clip->w)
		*x1 = clip->x + clip->w;
	return *x0 < *x1;
}

static inline uint32_t *pixel_at(const struct canvas *canvas, int x, int y)
{
	return canvas->pixels + (ptrdiff_t)y * canvas->stride_px + x;
}

#endif
