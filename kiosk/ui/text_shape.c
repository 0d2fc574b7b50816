/* text_shape.c: decodes, picks fonts, and shapes run by run. Han and full-width text, which has one glyph
 * a character and no kerning, is set without HarfBuzz: the positions are the same, at a tenth of the cost. */
#include "ui/text_shape.h"

#include <linebreak.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

enum { TAB_EMS = 2 };

enum err text_shape_init(struct text_shape *shape)
{
	*shape = (struct text_shape){ .buffer = hb_buffer_create() };
	if (!hb_buffer_allocation_successful(shape->buffer))
		return ERR_NOMEM;
	init_linebreak();
	return ERR_OK;
}

void text_shape_wipe(struct text_shape *shape)
{
	if (shape->char_count) {
		sodium_memzero(shape->chars, shape->char_count * sizeof(*shape->chars));
		sodium_memzero(shape->starts, shape->char_count * sizeof(*shape->starts));
		sodium_memzero(shape->breaks, shape->char_count);
	}
	if (shape->cluster_count)
		sodium_memzero(shape->clusters, shape->cluster_count * sizeof(*shape->clusters));
	if (shape->glyph_count)
		sodium_memzero(shape->glyphs, shape->glyph_count * sizeof(*shape->glyphs));
	shape->char_count = shape->cluster_count = shape->glyph_count = 0;
}

void text_shape_shrink(struct text_shape *shape)
{
	text_shape_wipe(shape);
	free(shape->chars);
	free(shape->starts);
	free(shape->breaks);
	free(shape->clusters);
	free(shape->glyphs);
	*shape = (struct text_shape){ .buffer = shape->buffer };
}

void text_shape_free(struct text_shape *shape)
{
	text_shape_shrink(shape);
	hb_buffer_destroy(shape->buffer);
	*shape = (struct text_shape){0};
}

/* Like realloc, but what is left behind is wiped. */
static void *grow(void *old, size_t used, size_t room, size_t size)
{
	void *fresh = malloc(room * size);

	if (fresh && old) {
		memcpy(fresh, old, used * size);
		sodium_memzero(old, used * size);
		free(old);
	}
	return fresh;
}

static enum err room_for_chars(struct text_shape *shape, size_t count)
{
	if (count + 1 <= shape->char_room)
		return ERR_OK;
	free(shape->chars);
	free(shape->starts);
	free(shape->breaks);
	shape->char_room = count + count / 4 + 256;
	shape->chars = malloc(shape->char_room * sizeof(*shape->chars));
	shape->starts = malloc(shape->char_room * sizeof(*shape->starts));
	shape->breaks = malloc(shape->char_room);
	if (shape->chars && shape->starts && shape->breaks)
		return ERR_OK;
	shape->char_room = 0;
	return ERR_NOMEM;
}

static enum err add_cluster(struct text_shape *shape, uint32_t first_char)
{
	if (shape->cluster_count == shape->cluster_room) {
		size_t room = shape->cluster_room + shape->cluster_room / 2 + 256;
		void *fresh = grow(shape->clusters, shape->cluster_count, room, sizeof(*shape->clusters));
		if (!fresh)
			return ERR_NOMEM;
		shape->clusters = fresh;
		shape->cluster_room = room;
	}
	/* `start` counts characters until the whole text is shaped. */
	shape->clusters[shape->cluster_count++] =
		(struct text_cluster){ .start = first_char, .glyph = (uint32_t)shape->glyph_count };
	return ERR_OK;
}

static enum err add_glyph(struct text_shape *shape, struct text_glyph glyph)
{
	if (shape->glyph_count == shape->glyph_room) {
		size_t room = shape->glyph_room + shape->glyph_room / 2 + 256;
		void *fresh = grow(shape->glyphs, shape->glyph_count, room, sizeof(*shape->glyphs));
		if (!fresh)
			return ERR_NOMEM;
		shape->glyphs = fresh;
		shape->glyph_room = room;
	}
	shape->glyphs[shape->glyph_count++] = glyph;
	return ERR_OK;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

static bool is_ignorable(uint32_t c)
{
	return c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_joining(uint32_t c)
{
	return is_ignorable(c) || (c >= 0x300 && c <= 0x36F) || (c >= 0x20D0 && c <= 0x20FF) ||
	       (c >= 0x302A && c <= 0x302F) || (c >= 0x3099 && c <= 0x309A) || (c >= 0xFE20 && c <= 0xFE2F);
}

/* One glyph, one em, no kerning, whatever its neighbours are. */
static bool is_plain(uint32_t c)
{
	return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x3FFFF) ||
	       (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x3000 && c <= 0x3020) || c == 0xFF0C ||
	       c == 0xFF1A || c == 0xFF1B || c == 0xFF01 || c == 0xFF1F || c == 0xFF08 || c == 0xFF09;
}

static int32_t to_px64(int64_t units, int size_px, int units_per_em)
{
	int64_t scaled = units * size_px * 64, half = units_per_em / 2;
	return (int32_t)((scaled + (scaled < 0 ? -half : half)) / units_per_em);
}

static enum err add_plain(struct text_shape *shape, struct fonts *fonts, size_t at, enum font_id id,
                          uint32_t gid, const struct text_style *style)
{
	const struct font *font = fonts_get(fonts, id);
	int32_t advance = style->size_px * 64;

	if (font)
		advance = to_px64(hb_font_get_glyph_h_advance(font->hb, gid), style->size_px, font->units_per_em);
	enum err e = add_cluster(shape, (uint32_t)at);
	if (!e)
		e = add_glyph(shape, (struct text_glyph){ .gid = gid, .font = (uint8_t)id });
	if (!e)
		shape->clusters[shape->cluster_count - 1].advance = advance;
	return e;
}

static enum err add_control(struct text_shape *shape, size_t at, const struct text_style *style)
{
	uint32_t c = shape->chars[at];
	enum err e = add_cluster(shape, (uint32_t)at);

	if (e)
		return e;
	struct text_cluster *cluster = &shape->clusters[shape->cluster_count - 1];
	if (c == '\t') {
		cluster->advance = TAB_EMS * style->size_px * 64;
		cluster->flags = CLUSTER_BLANK;
	} else if (style->width_px <= 0 && (c == '\n' || c == 0x2028 || c == 0x2029)) {
		cluster->advance = style->size_px * 16; /* a one-liner shows a new line as a space */
		cluster->flags = CLUSTER_BLANK;
	} else {
		cluster->flags = CLUSTER_CONTROL;
	}
	return ERR_OK;
}

static enum err take_shaped(struct text_shape *shape, const struct font *font, enum font_id id,
                            const struct text_style *style)
{
	unsigned count;
	const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(shape->buffer, &count);
	const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(shape->buffer, &count);
	int units = font->units_per_em;
	int64_t pen = 0;

	for (unsigned i = 0; i < count; i++) {
		if (i == 0 || info[i].cluster != info[i - 1].cluster) {
			enum err e = add_cluster(shape, info[i].cluster);
			if (e)
				return e;
			pen = 0;
		}
		struct text_glyph glyph = {
			.gid = info[i].codepoint,
			.dx = to_px64(pen + pos[i].x_offset, style->size_px, units),
			.dy = to_px64(pos[i].y_offset, style->size_px, units),
			.font = (uint8_t)id,
		};
		enum err e = add_glyph(shape, glyph);
		if (e)
			return e;
		pen += pos[i].x_advance;
		shape->clusters[shape->cluster_count - 1].advance = to_px64(pen, style->size_px, units);
	}
	return ERR_OK;
}

static enum err shape_run(struct text_shape *shape, struct fonts *fonts, size_t from, size_t to,
                          enum font_id id, hb_script_t script, const struct text_style *style)
{
	/* Ligatures would leave the caret no place between their letters. */
	static const hb_feature_t FEATURES[] = {
		{ HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1 }, { HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned)-1 },
	};
	const struct font *font = fonts_get(fonts, id);
	hb_buffer_t *buffer = shape->buffer;

	if (!font)
		return ERR_NOT_FOUND;
	hb_buffer_clear_contents(buffer);
	hb_buffer_set_content_type(buffer, HB_BUFFER_CONTENT_TYPE_UNICODE);
	for (size_t i = from; i < to; i++)
		hb_buffer_add(buffer, shape->chars[i], (unsigned)i);
	hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
	hb_buffer_set_script(buffer, script);
	if (!hb_buffer_allocation_successful(buffer))
		return ERR_NOMEM;
	hb_shape(font->hb, buffer, FEATURES, sizeof(FEATURES) / sizeof(FEATURES[0]));
	enum err e = take_shaped(shape, font, id, style);
	unsigned count;
	hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
	sodium_memzero(info, count * sizeof(*info));
	hb_buffer_clear_contents(buffer);
	return e;
}

static hb_script_t script_of(uint32_t c)
{
	hb_script_t script = hb_unicode_script(hb_unicode_funcs_get_default(), c);
	return script == HB_SCRIPT_INHERITED || script == HB_SCRIPT_UNKNOWN ? HB_SCRIPT_COMMON : script;
}

/* Where the run that begins at `from` in font `id` ends: another font, another script, or text that is set
 * plainly. */
static size_t run_end(const struct text_shape *shape, struct fonts *fonts, size_t from, enum font_id id,
                      const struct text_style *style, hb_script_t *script)
{
	size_t i = from + 1;

	*script = script_of(shape->chars[from]);
	for (; i < shape->char_count; i++) {
		uint32_t c = shape->chars[i], gid;
		if (is_joining(c))
			continue;
		if (is_control(c))
			break;
		if (is_plain(c) && !(i + 1 < shape->char_count && is_joining(shape->chars[i + 1])))
			break;
		if (fonts_find(fonts, c, style->face == TEXT_TC, style->bold, &gid) != id)
			break;
		hb_script_t next = script_of(c);
		if (next != HB_SCRIPT_COMMON && *script != HB_SCRIPT_COMMON && next != *script)
			break;
		if (*script == HB_SCRIPT_COMMON)
			*script = next;
	}
	return i;
}

static enum err shape_from(struct text_shape *shape, struct fonts *fonts, size_t *at,
                           const struct text_style *style)
{
	size_t i = *at;
	uint32_t c = shape->chars[i], gid;
	bool joined = i + 1 < shape->char_count && is_joining(shape->chars[i + 1]);

	*at = i + 1;
	if (is_control(c))
		return add_control(shape, i, style);
	enum font_id id = fonts_find(fonts, c, style->face == TEXT_TC, style->bold, &gid);
	if (id == FONT_NONE && is_ignorable(c))
		return add_cluster(shape, (uint32_t)i);
	if (id == FONT_NONE || (is_plain(c) && !joined))
		return add_plain(shape, fonts, i, id, gid, style);
	hb_script_t script;
	*at = run_end(shape, fonts, i, id, style, &script);
	return shape_run(shape, fonts, i, *at, id, script, style);
}

/* Character indices become byte offsets, and each cluster learns what may follow it. */
static enum err finish(struct text_shape *shape, const struct text_style *style)
{
	enum err e = add_cluster(shape, (uint32_t)shape->char_count);

	if (e)
		return e;
	shape->cluster_count--; /* the end mark stays behind the last */
	for (size_t i = 0; i < shape->cluster_count; i++) {
		struct text_cluster *cluster = &shape->clusters[i];
		uint32_t first = cluster->start, last = shape->clusters[i + 1].start - 1;
		if (shape->chars[first] == ' ' || shape->chars[first] == 0x3000)
			cluster->flags |= CLUSTER_BLANK;
		if (shape->breaks[last] == LINEBREAK_ALLOWBREAK)
			cluster->flags |= CLUSTER_BREAK;
		if (shape->breaks[last] == LINEBREAK_MUSTBREAK && is_control(shape->chars[last]) && style->width_px > 0)
			cluster->flags |= CLUSTER_NEWLINE;
		if (!(cluster->flags & CLUSTER_CONTROL))
			cluster->advance += style->tracking_px * 64;
	}
	for (size_t i = 0; i <= shape->cluster_count; i++)
		shape->clusters[i].start = shape->starts[shape->clusters[i].start];
	return ERR_OK;
}

enum err text_shape_run(struct text_shape *shape, struct fonts *fonts, const char *utf8, size_t len,
                        const struct text_style *style)
{
	const char *p = utf8, *end = utf8 + len;

	text_shape_wipe(shape);
	enum err e = room_for_chars(shape, len); /* never more characters than bytes */
	if (e)
		return e;
	while (p < end) {
		shape->starts[shape->char_count] = (uint32_t)(p - utf8);
		shape->chars[shape->char_count++] = utf8_next(&p, end);
	}
	shape->starts[shape->char_count] = (uint32_t)len;
	if (shape->char_count)
		set_linebreaks_utf32(shape->chars, shape->char_count, "zh", shape->breaks);
	for (size_t at = 0; !e && at < shape->char_count;)
		e = shape_from(shape, fonts, &at, style);
	return e ? e : finish(shape, style);
}

enum err text_shape_append(struct text_shape *shape, struct fonts *fonts, uint32_t cp,
                           const struct text_style *style, int32_t *advance)
{
	uint32_t gid;
	enum font_id id = fonts_find(fonts, cp, style->face == TEXT_TC, style->bold, &gid);
	const struct font *font = fonts_get(fonts, id);

	*advance = style->size_px * 64;
	if (font)
		*advance = to_px64(hb_font_get_glyph_h_advance(font->hb, gid), style->size_px, font->units_per_em);
	return add_glyph(shape, (struct text_glyph){ .gid = gid, .font = (uint8_t)id });
}
