#include "pdf/portrait.h"

#include <SDL_image.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/picture_head.h"

enum { UPPER_PERCENT = 30 }; /* of the height that is cut off, this much goes above */

/* The picture as it was stored, and how to find an upright pixel in it: sides swapped first, then mirrored. */
struct source {
	SDL_Surface *surface; /* of 3 or 4 bytes a pixel */
	bool swap, flip_x, flip_y;
};

static SDL_Surface *load(const uint8_t *bytes, size_t len, enum picture_kind kind)
{
	SDL_RWops *rw = SDL_RWFromConstMem(bytes, (int)len);
	SDL_Surface *loaded = NULL;
	if (!rw)
		return NULL;
	switch (kind) { /* that kind's decoder alone: the others never see bytes from outside */
	case PICTURE_JPEG: loaded = IMG_LoadJPG_RW(rw); break;
	case PICTURE_PNG: loaded = IMG_LoadPNG_RW(rw); break;
	case PICTURE_WEBP: loaded = IMG_LoadWEBP_RW(rw); break;
	default: break;
	}
	SDL_RWclose(rw);
	if (!loaded || (loaded->format->BytesPerPixel >= 3 && loaded->format->BitsPerPixel >= 24))
		return loaded;
	SDL_Surface *plain = SDL_ConvertSurfaceFormat(loaded, SDL_PIXELFORMAT_ARGB8888, 0);
	SDL_FreeSurface(loaded);
	return plain;
}

/* Adds a pixel, on white, to the sums of red, green and blue. */
static void add_pixel(const SDL_Surface *s, int x, int y, uint64_t sum[3])
{
	const SDL_PixelFormat *f = s->format;
	const uint8_t *p = (const uint8_t *)s->pixels + (ptrdiff_t)y * s->pitch + (ptrdiff_t)x * f->BytesPerPixel;
	uint32_t v = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
	if (f->BytesPerPixel == 4)
		v |= (uint32_t)p[3] << 24;
	uint32_t alpha = f->Amask ? (v & f->Amask) >> f->Ashift : 255;
	const uint32_t rgb[3] = {(v & f->Rmask) >> f->Rshift, (v & f->Gmask) >> f->Gshift, (v & f->Bmask) >> f->Bshift};
	for (int i = 0; i < 3; i++)
		sum[i] += (rgb[i] * alpha + 255 * (255 - alpha) + 127) / 255;
}

/* The mean of the upright rectangle [x0, x1) x [y0, y1). */
static uint32_t mean(const struct source *src, int x0, int y0, int x1, int y1)
{
	const SDL_Surface *s = src->surface;
	int r[4] = {x0, y0, x1, y1};
	if (src->swap) {
		r[0] = y0, r[1] = x0, r[2] = y1, r[3] = x1;
	}
	if (src->flip_x) {
		int left = s->w - r[2];
		r[2] = s->w - r[0];
		r[0] = left;
	}
	if (src->flip_y) {
		int top = s->h - r[3];
		r[3] = s->h - r[1];
		r[1] = top;
	}
	uint64_t sum[3] = {0}, n = (uint64_t)(r[2] - r[0]) * (uint64_t)(r[3] - r[1]);
	for (int y = r[1]; y < r[3]; y++)
		for (int x = r[0]; x < r[2]; x++)
			add_pixel(s, x, y, sum);
	for (int i = 0; i < 3; i++)
		sum[i] = (sum[i] + n / 2) / n;
	return 0xFF000000U | (uint32_t)sum[0] << 16 | (uint32_t)sum[1] << 8 | (uint32_t)sum[2];
}

/* An upright rectangle of the picture, shrunk to out->width by out->height. */
static enum err shrink(const struct source *src, int left, int top, int w, int h, struct portrait *out)
{
	struct portrait p = *out;
	p.pixels = malloc((size_t)p.width * (size_t)p.height * sizeof *p.pixels);
	if (!p.pixels)
		return ERR_NOMEM;
	for (int y = 0; y < p.height; y++) {
		int y0 = top + (int)((int64_t)y * h / p.height), y1 = top + (int)((int64_t)(y + 1) * h / p.height);
		for (int x = 0; x < p.width; x++) {
			int x0 = left + (int)((int64_t)x * w / p.width);
			int x1 = left + (int)((int64_t)(x + 1) * w / p.width);
			p.pixels[(size_t)y * (size_t)p.width + (size_t)x] = mean(src, x0, y0, x1, y1);
		}
	}
	*out = p;
	return ERR_OK;
}

struct portrait_cut portrait_proposed(int width, int height)
{
	/* The largest 4:5 in it, in units of 4 and 5 px so that the proportion is exact. */
	int unit = width / 4 < height / 5 ? width / 4 : height / 5;
	int cut_w = unit * 4, cut_h = unit * 5;
	if (cut_w < PORTRAIT_MIN_PX)
		return (struct portrait_cut){0};
	return (struct portrait_cut){
		.left = (width - cut_w) / 2, .top = (int)((int64_t)(height - cut_h) * UPPER_PERCENT / 100), .width = cut_w};
}

/* How the picture is to be cut: whole within side_max; as `cut` says; or as proposed. */
struct wish {
	int side_max;
	const struct portrait_cut *cut;
};

static enum err fit_whole(const struct source *src, int w, int h, int side_max, struct portrait *out)
{
	int longer = w > h ? w : h;
	if (portrait_proposed(w, h).width == 0)
		return ERR_INVALID;
	struct portrait p = {.width = w, .height = h};
	if (longer > side_max) {
		p.width = (int)((int64_t)w * side_max / longer);
		p.height = (int)((int64_t)h * side_max / longer);
	}
	if (p.width < 1 || p.height < 1)
		return ERR_INVALID; /* a thread */
	enum err e = shrink(src, 0, 0, w, h, &p);
	if (e == ERR_OK)
		*out = p;
	return e;
}

static enum err fit_cut(const struct source *src, int w, int h, const struct portrait_cut *wanted, struct portrait *out)
{
	struct portrait_cut cut = wanted ? *wanted : portrait_proposed(w, h);
	if (cut.width > w)
		return ERR_INVALID;
	int unit = cut.width / 4, cut_w = unit * 4, cut_h = unit * 5;
	if (cut_w < PORTRAIT_MIN_PX || cut.left < 0 || cut.top < 0 || cut.left > w - cut_w || cut.top > h - cut_h)
		return ERR_INVALID;
	struct portrait p = {.width = cut_w < PORTRAIT_WIDTH_PX ? cut_w : PORTRAIT_WIDTH_PX};
	p.height = p.width / 4 * 5;
	enum err e = shrink(src, cut.left, cut.top, cut_w, cut_h, &p);
	if (e == ERR_OK)
		*out = p;
	return e;
}

static enum err scale(const struct source *src, const struct wish *wish, struct portrait *out)
{
	int w = src->swap ? src->surface->h : src->surface->w, h = src->swap ? src->surface->w : src->surface->h;
	return wish->side_max > 0 ? fit_whole(src, w, h, wish->side_max, out) : fit_cut(src, w, h, wish->cut, out);
}

static enum err decode(const uint8_t *bytes, size_t len, const struct wish *wish, struct portrait *portrait)
{
	/* Exif 2.3, tag 0x0112: where the first row and the first column are in the upright picture. */
	static const struct { bool swap, flip_x, flip_y; } turns[8] = {
		{false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
		{true, false, false},  {true, false, true},  {true, true, true},  {true, true, false},
	};
	struct picture_head head;
	if (len > INT32_MAX)
		return ERR_TOO_LONG;
	enum err e = picture_head_read(bytes, len, &head);
	if (e != ERR_OK)
		return e;
	if (head.components != 0 && head.components != 1 && head.components != 3)
		return ERR_UNSUPPORTED;
	if ((int64_t)head.width * head.height > PORTRAIT_SOURCE_MAX_PX)
		return ERR_TOO_LONG;
	SDL_ClearError();
	struct source src = {.surface = load(bytes, len, head.kind),
	                     .swap = turns[head.orientation - 1].swap,
	                     .flip_x = turns[head.orientation - 1].flip_x,
	                     .flip_y = turns[head.orientation - 1].flip_y};
	if (!src.surface)
		return strcasestr(SDL_GetError(), "memory") || strcasestr(SDL_GetError(), "alloc") ? ERR_NOMEM : ERR_CORRUPT;
	e = scale(&src, wish, portrait);
	SDL_FreeSurface(src.surface);
	bool as_it_is = e == ERR_OK && head.kind == PICTURE_JPEG && head.orientation == 1 && !head.metadata &&
	                head.width == portrait->width && head.height == portrait->height;
	if (as_it_is) {
		portrait->jpeg = bytes;
		portrait->jpeg_len = len;
	}
	return e;
}

enum err portrait_decode(const uint8_t *bytes, size_t len, struct portrait *portrait)
{
	const struct wish wish = {0};
	return decode(bytes, len, &wish, portrait);
}

enum err portrait_decode_cut(const uint8_t *bytes, size_t len, const struct portrait_cut *cut, struct portrait *portrait)
{
	const struct wish wish = {.cut = cut};
	return decode(bytes, len, &wish, portrait);
}

enum err portrait_decode_whole(const uint8_t *bytes, size_t len, int side_max, struct portrait *portrait)
{
	const struct wish wish = {.side_max = side_max};
	return decode(bytes, len, &wish, portrait);
}

void portrait_clear(struct portrait *portrait)
{
	free(portrait->pixels);
	*portrait = (struct portrait){0};
}

/* Tries one quality into a buffer of `max` bytes; 0 when it does not fit. */
static size_t encode(SDL_Surface *surface, int quality, uint8_t *buffer, size_t max)
{
	SDL_RWops *rw = SDL_RWFromMem(buffer, (int)max);
	if (!rw)
		return 0;
	Sint64 end = IMG_SaveJPG_RW(surface, rw, 0, quality) == 0 ? SDL_RWtell(rw) : 0;
	SDL_RWclose(rw);
	/* A full buffer takes no more and does not always say so. */
	bool whole = end >= 4 && (size_t)end < max && buffer[end - 2] == 0xFF && buffer[end - 1] == 0xD9;
	return whole ? (size_t)end : 0;
}

enum err portrait_jpeg(const struct portrait *portrait, size_t max, uint8_t **bytes, size_t *len)
{
	enum { BEST = 90, LEAST = 30, STEP = 15 };
	if (max > INT32_MAX)
		max = INT32_MAX;
	SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormatFrom(
		portrait->pixels, portrait->width, portrait->height, 32, portrait->width * 4, SDL_PIXELFORMAT_ARGB8888);
	uint8_t *buffer = malloc(max);
	enum err e = surface && buffer ? ERR_TOO_LONG : ERR_NOMEM;
	for (int quality = BEST; e == ERR_TOO_LONG && quality >= LEAST; quality -= STEP) {
		size_t n = encode(surface, quality, buffer, max);
		if (n > 0) {
			*bytes = buffer;
			*len = n;
			e = ERR_OK;
		}
	}
	SDL_FreeSurface(surface);
	if (e != ERR_OK)
		free(buffer);
	return e;
}
