/* text_masks.c: the cache of glyph pictures. */
#include "ui/text_masks.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { MASK_BYTES_MAX = 6 << 20, BUCKET_BITS = 12, HEX_DIGITS = 6, RELEASE_EVERY = 48 };

struct entry {
	uint64_t key;
	struct entry *next;
	uint32_t epoch; /* of the last use */
	size_t size;    /* of this entry with its bytes */
	struct glyph_mask glyph;
	uint8_t bytes[];
};

struct text_masks {
	struct fonts *fonts; /* borrowed */
	struct entry *buckets[1 << BUCKET_BITS];
	size_t bytes;
	uint32_t epoch;
	int sizes[FONT_COUNT]; /* the pixel size each face is set to */
	int drawn[FONT_COUNT]; /* glyphs since its pages were released */
};

enum err text_masks_create(struct fonts *fonts, struct text_masks **out)
{
	struct text_masks *masks = calloc(1, sizeof(*masks));

	if (!masks)
		return ERR_NOMEM;
	masks->fonts = fonts;
	*out = masks;
	return ERR_OK;
}

static void drop(struct text_masks *masks, bool all)
{
	for (size_t i = 0; i < sizeof(masks->buckets) / sizeof(masks->buckets[0]); i++) {
		struct entry **at = &masks->buckets[i];
		while (*at) {
			struct entry *e = *at;
			if (!all && e->epoch == masks->epoch) {
				at = &e->next;
				continue;
			}
			*at = e->next;
			masks->bytes -= e->size;
			sodium_memzero(e, e->size);
			free(e);
		}
	}
}

void text_masks_destroy(struct text_masks *masks)
{
	if (!masks)
		return;
	drop(masks, true);
	free(masks);
}

void text_masks_sweep(struct text_masks *masks)
{
	drop(masks, false);
	masks->epoch++;
}

size_t text_masks_bytes(const struct text_masks *masks)
{
	return masks->bytes;
}

static struct entry *new_entry(struct text_masks *masks, int width, int height)
{
	size_t size = sizeof(struct entry) + (size_t)width * (size_t)height;

	if (masks->bytes + size > MASK_BYTES_MAX) {
		text_masks_sweep(masks);
		if (masks->bytes + size > MASK_BYTES_MAX / 4 * 3)
			drop(masks, true);
	}
	struct entry *e = calloc(1, size);
	if (!e)
		return NULL;
	e->size = size;
	e->glyph.mask = (struct mask){ e->bytes, width, height, width };
	return e;
}

static FT_GlyphSlot render(struct text_masks *masks, enum font_id id, uint32_t gid, int size_px)
{
	const struct font *font = fonts_get(masks->fonts, id);

	if (!font)
		return NULL;
	if (masks->sizes[id] != size_px) {
		if (FT_Set_Pixel_Sizes(font->face, 0, (FT_UInt)size_px))
			return NULL;
		masks->sizes[id] = size_px;
	}
	/* No hinting: the strokes of Han characters keep the weights and places that they were drawn with. */
	if (FT_Load_Glyph(font->face, gid, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP | FT_LOAD_RENDER))
		return NULL;
	FT_GlyphSlot slot = font->face->glyph;
	/* The kernel maps 64 KB around each glyph: soon it would be the whole 20 MB file. */
	if (++masks->drawn[id] >= RELEASE_EVERY) {
		masks->drawn[id] = 0;
		fonts_release(masks->fonts, id);
	}
	return slot->bitmap.pixel_mode == FT_PIXEL_MODE_GRAY ? slot : NULL;
}

static struct entry *from_font(struct text_masks *masks, enum font_id id, uint32_t gid, int size_px)
{
	FT_GlyphSlot slot = render(masks, id, gid, size_px);
	const FT_Bitmap *bitmap = slot ? &slot->bitmap : NULL;
	struct entry *e = new_entry(masks, bitmap ? (int)bitmap->width : 0, bitmap ? (int)bitmap->rows : 0);

	if (!e || !bitmap)
		return e; /* a glyph that cannot be drawn is a blank */
	for (unsigned y = 0; y < bitmap->rows; y++)
		memcpy(e->bytes + (size_t)y * bitmap->width, bitmap->buffer + (ptrdiff_t)y * bitmap->pitch, bitmap->width);
	e->glyph.left_px = slot->bitmap_left;
	e->glyph.top_px = slot->bitmap_top;
	return e;
}

static void frame_box(uint8_t *bytes, int side, int inset, int thick)
{
	for (int y = inset; y < side - inset; y++)
		for (int x = inset; x < side - inset; x++) {
			int near_x = x - inset < side - inset - 1 - x ? x - inset : side - inset - 1 - x;
			int near_y = y - inset < side - inset - 1 - y ? y - inset : side - inset - 1 - y;
			if (near_x < thick || near_y < thick)
				bytes[y * side + x] = 255;
		}
}

/* Puts one hex digit into the square, centred at cx, cy. */
static void frame_digit(struct text_masks *masks, uint8_t *bytes, int side, char digit, int size_px, int cx,
                        int cy)
{
	uint32_t gid;
	enum font_id id = fonts_find(masks->fonts, (uint32_t)digit, false, false, &gid);
	FT_GlyphSlot slot = id == FONT_NONE ? NULL : render(masks, id, gid, size_px);

	if (!slot)
		return;
	int w = (int)slot->bitmap.width, h = (int)slot->bitmap.rows;
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int tx = cx - w / 2 + x, ty = cy - h / 2 + y;
			if (tx >= 0 && tx < side && ty >= 0 && ty < side)
				bytes[ty * side + tx] |= slot->bitmap.buffer[y * slot->bitmap.pitch + x];
		}
}

static struct entry *hex_frame(struct text_masks *masks, uint32_t cp, int size_px)
{
	struct entry *e = new_entry(masks, size_px, size_px);
	char digits[HEX_DIGITS];
	int count = cp > 0xFFFF ? HEX_DIGITS : HEX_DIGITS - 2, columns = count / 2;

	if (!e)
		return NULL;
	for (int i = 0; i < count; i++)
		digits[i] = "0123456789ABCDEF"[(cp >> (4 * (count - 1 - i))) & 0xF];
	int inset = size_px / 16, thick = size_px / 24 > 1 ? size_px / 24 : 1;
	frame_box(e->bytes, size_px, inset, thick);
	int digit_px = size_px * (columns == 2 ? 42 : 36) / 100, room = size_px - 2 * (inset + 2 * thick);
	for (int i = 0; i < count && digit_px > 3; i++) {
		int cx = inset + 2 * thick + room * (2 * (i % columns) + 1) / (2 * columns);
		int cy = inset + 2 * thick + room * (2 * (i / columns) + 1) / 4;
		frame_digit(masks, e->bytes, size_px, digits[i], digit_px, cx, cy);
	}
	e->glyph.top_px = size_px * 88 / 100;
	return e;
}

const struct glyph_mask *text_masks_get(struct text_masks *masks, enum font_id font, uint32_t gid,
                                        int size_px)
{
	uint64_t key = ((uint64_t)font << 48) | ((uint64_t)(unsigned)size_px << 32) | gid;
	size_t bucket = (size_t)((key * 0x9E3779B97F4A7C15ULL) >> (64 - BUCKET_BITS));

	for (struct entry *e = masks->buckets[bucket]; e; e = e->next)
		if (e->key == key) {
			e->epoch = masks->epoch;
			return &e->glyph;
		}
	struct entry *e = font == FONT_NONE ? hex_frame(masks, gid, size_px) : from_font(masks, font, gid, size_px);
	if (!e)
		return NULL;
	e->key = key;
	e->epoch = masks->epoch;
	e->next = masks->buckets[bucket];
	masks->buckets[bucket] = e;
	masks->bytes += e->size;
	return &e->glyph;
}
