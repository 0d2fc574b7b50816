#include "ui/picture.h"

#include <SDL2/SDL.h>
#include <SDL2/SDL_image.h>

#include "model/picture_head.h"

enum { UPPER_PERCENT = 30 }; /* of what is cut off in height, this much above */

/* The mean of the source's pixels under one pixel of the picture. */
static uint32_t mean(const SDL_Surface *s, int x0, int y0, int x1, int y1)
{
	uint64_t r = 0, g = 0, b = 0, n = 0;
	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	for (int y = y0; y < y1 && y < s->h; y++) {
		const uint32_t *row = (const uint32_t *)(const void *)((const uint8_t *)s->pixels + (ptrdiff_t)y * s->pitch);
		for (int x = x0; x < x1 && x < s->w; x++, n++) {
			r += row[x] >> 16 & 0xFF;
			g += row[x] >> 8 & 0xFF;
			b += row[x] & 0xFF;
		}
	}
	return n ? (uint32_t)(r / n) << 16 | (uint32_t)(g / n) << 8 | (uint32_t)(b / n) : 0;
}

static void scale(const SDL_Surface *s, struct canvas *out)
{
	/* The part of the source that is shown, of the picture's proportions. */
	int w = s->w, h = (int)((int64_t)s->w * out->height / out->width);
	if (h > s->h) {
		h = s->h;
		w = (int)((int64_t)s->h * out->width / out->height);
	}
	int left = (s->w - w) / 2, top = (s->h - h) * UPPER_PERCENT / 100;
	for (int y = 0; y < out->height; y++) {
		int y0 = top + (int)((int64_t)y * h / out->height), y1 = top + (int)((int64_t)(y + 1) * h / out->height);
		for (int x = 0; x < out->width; x++) {
			int x0 = left + (int)((int64_t)x * w / out->width), x1 = left + (int)((int64_t)(x + 1) * w / out->width);
			out->pixels[(ptrdiff_t)y * out->stride_px + x] = mean(s, x0, y0, x1, y1);
		}
	}
}

enum err picture_decode(const uint8_t *bytes, size_t len, int width, int height, struct canvas *out)
{
	struct picture_head head;
	if (len > INT32_MAX || width < 1 || height < 1)
		return ERR_INVALID;
	if (picture_head_read(bytes, len, &head) != ERR_OK)
		return ERR_CORRUPT;
	if (head.width > PICTURE_MAX_SIDE || head.height > PICTURE_MAX_SIDE) /* before anybody makes room for it */
		return ERR_TOO_LONG;
	SDL_RWops *rw = SDL_RWFromConstMem(bytes, (int)len);
	SDL_Surface *loaded = rw ? IMG_Load_RW(rw, 1) : NULL;
	if (!loaded)
		return ERR_CORRUPT;
	SDL_Surface *plain = SDL_ConvertSurfaceFormat(loaded, SDL_PIXELFORMAT_ARGB8888, 0);
	SDL_FreeSurface(loaded);
	enum err e = plain ? canvas_create(width, height, out) : ERR_NOMEM;
	if (!e)
		scale(plain, out);
	SDL_FreeSurface(plain);
	return e;
}
