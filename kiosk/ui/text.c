/* text.c: the engine: the cache of layouts, and drawing them. */
#include "ui/text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text_layout.h"
#include "ui/text_masks.h"

enum {
	BUCKETS = 1024,
	SIZE_MAX_PX = 1024, SIDE_MAX_PX = 1 << 20, TEXT_MAX_BYTES = 8 << 20,
	/* When the cache is over its bytes, long texts go before those of the present frame; the newest always
	 * stay. */
	CACHE_MAX_BYTES = 4 << 20, LONG_BYTES = 64 << 10, KEEP_LONG = 4, KEEP_NEWEST = 128,
	SCRATCH_CHARS = 32 << 10
};

struct text_engine {
	struct fonts *fonts;
	struct text_masks *masks;
	struct text_shape shape;
	struct text_lines lines;
	struct text_layout *buckets[BUCKETS];
	struct text_layout *newest, *oldest;
	size_t count, bytes;
};

/* What a text becomes when memory is short: nothing, but safe to ask. */
static const struct text_layout EMPTY = { .style = { .size_px = 1, .line_px = 1 } };

enum err text_engine_create(struct text_engine **out)
{
	struct text_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return ERR_NOMEM;
	enum err e = fonts_create(&engine->fonts);
	if (!e)
		e = text_masks_create(engine->fonts, &engine->masks);
	if (!e)
		e = text_shape_init(&engine->shape);
	if (e) {
		text_engine_destroy(engine);
		return e;
	}
	*out = engine;
	return ERR_OK;
}

static void drop(struct text_engine *engine, struct text_layout *layout)
{
	struct text_layout **at = &engine->buckets[layout->hash % BUCKETS];

	while (*at != layout)
		at = &(*at)->chain;
	*at = layout->chain;
	if (layout->newer)
		layout->newer->older = layout->older;
	else
		engine->newest = layout->older;
	if (layout->older)
		layout->older->newer = layout->newer;
	else
		engine->oldest = layout->newer;
	engine->count--;
	engine->bytes -= layout->size;
	sodium_memzero(layout, layout->size);
	free(layout);
}

static void drop_all(struct text_engine *engine)
{
	while (engine->oldest)
		drop(engine, engine->oldest); /* NOLINT(clang-analyzer-unix.Malloc): it moves `oldest` on */
}

void text_engine_destroy(struct text_engine *engine)
{
	if (!engine)
		return;
	drop_all(engine);
	if (engine->shape.buffer)
		text_shape_free(&engine->shape);
	text_lines_free(&engine->lines);
	text_masks_destroy(engine->masks);
	fonts_destroy(engine->fonts);
	free(engine);
}

static void make_room(struct text_engine *engine)
{
	size_t place = engine->count;

	if (engine->count > TEXT_FRAME_LAYOUTS)
		drop(engine, engine->oldest);
	struct text_layout *next, *l = engine->oldest;
	for (; l && engine->bytes > CACHE_MAX_BYTES; l = next, place--) {
		next = l->newer;
		if (place > KEEP_LONG && l->size > LONG_BYTES)
			drop(engine, l);
	}
	while (engine->bytes > CACHE_MAX_BYTES && engine->count > KEEP_NEWEST)
		drop(engine, engine->oldest);
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15ULL;
	return h ^ (h >> 29);
}

static uint64_t hash_of(const char *utf8, size_t len, const struct text_style *s)
{
	uint64_t h = mix(0x2545F4914F6CDD1DULL, len), v;

	h = mix(h, (uint64_t)s->size_px << 32 | (uint32_t)s->width_px);
	h = mix(h, (uint64_t)s->line_px << 32 | (uint32_t)s->fit_px);
	h = mix(h, (uint64_t)(uint32_t)s->tracking_px << 32 | (uint32_t)s->max_lines);
	h = mix(h, (uint64_t)s->fair << 24 | (uint64_t)s->bold << 16 | (uint64_t)s->align << 8 | (uint64_t)s->face);
	for (; len >= sizeof(v); len -= sizeof(v), utf8 += sizeof(v)) {
		memcpy(&v, utf8, sizeof(v));
		h = mix(h, v);
	}
	v = 0;
	if (len)
		memcpy(&v, utf8, len);
	return mix(h, v);
}

static bool same_style(const struct text_style *a, const struct text_style *b)
{
	return a->size_px == b->size_px && a->bold == b->bold && a->align == b->align && a->face == b->face &&
	       a->width_px == b->width_px && a->line_px == b->line_px && a->max_lines == b->max_lines &&
	       a->fit_px == b->fit_px && a->tracking_px == b->tracking_px && a->fair == b->fair;
}

static int clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

static struct text_style sane(const struct text_style *style)
{
	struct text_style s = *style;

	s.size_px = clamp(s.size_px, 1, SIZE_MAX_PX);
	s.line_px = s.line_px <= 0 ? s.size_px * 3 / 2 : clamp(s.line_px, 1, 4 * SIZE_MAX_PX);
	s.width_px = clamp(s.width_px, 0, SIDE_MAX_PX);
	s.fit_px = s.width_px > 0 ? 0 : clamp(s.fit_px, 0, SIDE_MAX_PX);
	s.max_lines = s.max_lines < 0 ? 0 : s.max_lines;
	s.tracking_px = clamp(s.tracking_px, -s.size_px / 2, 4 * SIZE_MAX_PX);
	return s;
}

static void to_front(struct text_engine *engine, struct text_layout *l)
{
	l->newer = NULL;
	l->older = engine->newest;
	if (engine->newest)
		engine->newest->newer = l;
	engine->newest = l;
	if (!engine->oldest)
		engine->oldest = l;
}

static void touch(struct text_engine *engine, struct text_layout *l)
{
	if (engine->newest == l)
		return;
	l->newer->older = l->older;
	if (l->older)
		l->older->newer = l->newer;
	else
		engine->oldest = l->newer;
	to_front(engine, l);
}

const struct text_layout *text_layout(struct text_engine *engine, const char *utf8, size_t len,
                                      const struct text_style *style)
{
	struct text_style s = sane(style);

	len = len > TEXT_MAX_BYTES ? TEXT_MAX_BYTES : len;
	uint64_t hash = hash_of(utf8, len, &s);
	struct text_layout **bucket = &engine->buckets[hash % BUCKETS], *l;
	for (l = *bucket; l; l = l->chain)
		if (l->hash == hash && l->text_len == len && same_style(&l->style, &s) &&
		    (!len || memcmp(l->text, utf8, len) == 0)) {
			touch(engine, l);
			return l;
		}
	enum err e = text_layout_make(&engine->shape, &engine->lines, engine->fonts, utf8, len, &s, &l);
	if (engine->shape.char_room > SCRATCH_CHARS)
		text_shape_shrink(&engine->shape);
	if (e)
		return &EMPTY;
	l->hash = hash;
	l->chain = *bucket;
	*bucket = l;
	to_front(engine, l);
	engine->count++;
	engine->bytes += l->size;
	make_room(engine);
	return l;
}

void text_engine_trim(struct text_engine *engine)
{
	drop_all(engine);
	text_shape_shrink(&engine->shape);
	fonts_forget(engine->fonts);
	fonts_release(engine->fonts, FONT_COUNT);
	text_masks_sweep(engine->masks);
}

/* The em box stands in the middle of the line; 0.88 of it is above the baseline, as in every CJK font. */
static int baseline_px(const struct text_style *s)
{
	return (s->line_px - s->size_px) / 2 + (s->size_px * 88 + 50) / 100;
}

static void draw_cluster(struct text_engine *engine, const struct text_layout *layout, uint32_t index,
                         struct canvas *canvas, int64_t x64, int baseline, colour c)
{
	for (uint32_t g = layout->clusters[index].glyph; g < layout->clusters[index + 1].glyph; g++) {
		const struct text_glyph *glyph = &layout->glyphs[g];
		const struct glyph_mask *m =
			text_masks_get(engine->masks, (enum font_id)glyph->font, glyph->gid, layout->style.size_px);
		if (!m || !m->mask.width)
			continue;
		int x = (int)((x64 + glyph->dx + 32) >> 6), y = baseline - ((glyph->dy + 32) >> 6);
		canvas_mask(canvas, &m->mask, x + m->left_px, y - m->top_px, c);
	}
}

static void draw_line(struct text_engine *engine, const struct text_layout *layout,
                      const struct text_line *line, struct canvas *canvas, int x, int baseline, colour c)
{
	/* Glyphs may reach an em out of their place, no more. */
	int64_t origin = (int64_t)x * 64 + line->x, reach = (int64_t)layout->style.size_px * 64;
	int64_t left = (int64_t)canvas->clip.x * 64 - reach;
	int64_t right = (int64_t)(canvas->clip.x + canvas->clip.w) * 64 + reach;
	uint32_t low = line->first, high = line->end;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (origin + layout->clusters[mid].x + layout->clusters[mid].advance < left)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < line->end && origin + layout->clusters[low].x <= right; low++)
		draw_cluster(engine, layout, low, canvas, origin + layout->clusters[low].x, baseline, c);
}

void text_draw(struct text_engine *engine, const struct text_layout *layout, struct canvas *canvas, int x,
               int y, colour c)
{
	const struct text_style *s = &layout->style;
	int64_t reach = s->size_px, top = (int64_t)canvas->clip.y - y - reach;
	int64_t bottom = (int64_t)canvas->clip.y + canvas->clip.h - y + reach;
	int64_t first = top < 0 ? 0 : top / s->line_px, last = bottom < 0 ? -1 : bottom / s->line_px;

	if (canvas->clip.w <= 0 || canvas->clip.h <= 0)
		return;
	for (int64_t i = first; i <= last && i < layout->line_count; i++)
		draw_line(engine, layout, &layout->lines[i], canvas, x, y + (int)i * s->line_px + baseline_px(s), c);
}
