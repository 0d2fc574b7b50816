/* text_layout.c: breaks shaped text into lines, shortens what is too long, aligns, and packs the result. */
#include "ui/text_layout.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t ELLIPSIS = 0x2026;

void text_lines_free(struct text_lines *lines)
{
	free(lines->items);
	*lines = (struct text_lines){0};
}

static enum err add_line(struct text_lines *lines, struct text_line line)
{
	if (lines->count == lines->room) {
		size_t room = lines->room + lines->room / 2 + 64;
		struct text_line *items = realloc(lines->items, room * sizeof(*items));
		if (!items)
			return ERR_NOMEM;
		lines->items = items;
		lines->room = room;
	}
	lines->items[lines->count++] = line;
	return ERR_OK;
}

static int32_t add_clamped(int32_t a, int32_t b)
{
	int64_t sum = (int64_t)a + b;
	return sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
}

/* Gives the clusters of a line their places, and the line its width. */
static void place(struct text_shape *shape, struct text_line *line, const struct text_style *style)
{
	int32_t x = 0, tracking = style->tracking_px * 64;

	line->width = 0;
	for (uint32_t i = line->first; i < line->end; i++) {
		struct text_cluster *c = &shape->clusters[i];
		c->x = x;
		x = add_clamped(x, c->advance);
		if (!(c->flags & CLUSTER_BLANK))
			line->width = x - tracking;
	}
	for (uint32_t i = line->end; i < shape->cluster_count && shape->clusters[i].start <= line->stop; i++)
		shape->clusters[i].x = x;
	/* A one-liner keeps the blanks at its end: words typed after them must not jump. */
	if (style->width_px <= 0 && line->end > line->first)
		line->width = x - tracking;
}

/* The first cluster that no longer belongs to the line that begins at `first`. */
static uint32_t line_end(const struct text_shape *shape, uint32_t first, const struct text_style *style)
{
	int32_t x = 0, limit = style->width_px * 64, tracking = style->tracking_px * 64;
	uint32_t chance = first;

	if (style->width_px <= 0)
		return (uint32_t)shape->cluster_count;
	for (uint32_t i = first; i < shape->cluster_count; i++) {
		const struct text_cluster *c = &shape->clusters[i];
		int32_t right = add_clamped(x, c->advance);
		/* What nothing can break is broken anywhere, but never into nothing. */
		if (right - tracking > limit && !(c->flags & CLUSTER_BLANK) && i > first)
			return chance > first ? chance : i;
		if (c->flags & CLUSTER_NEWLINE)
			return i + 1;
		if (c->flags & CLUSTER_BREAK)
			chance = i + 1;
		x = right;
	}
	return (uint32_t)shape->cluster_count;
}

static int32_t span_width(const struct text_shape *shape, uint32_t first, uint32_t end, const struct text_style *style)
{
	int32_t x = 0, width = 0, tracking = style->tracking_px * 64;

	for (uint32_t i = first; i < end; i++) {
		x = add_clamped(x, shape->clusters[i].advance);
		if (!(shape->clusters[i].flags & CLUSTER_BLANK))
			width = x - tracking;
	}
	return width;
}

static bool pauses(uint32_t c)
{
	static const uint32_t marks[] = { 0x3001, 0x3002, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, ',', '.', ';', ':', '?' };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (c == marks[i])
			return true;
	return false;
}

/* Where two centred lines part best: at like length, and after a mark rather than within a phrase. */
static uint32_t fair_middle(const struct text_shape *shape, const struct text_line *before, const struct text_line *last,
                            const struct text_style *style)
{
	int32_t limit = style->width_px * 64, within_phrase = style->size_px * 64 * 3, least = INT32_MAX;
	uint32_t best = last->first, at_char = 0, mark = 0;

	for (uint32_t i = before->first; i + 1 < last->end; i++) {
		const struct text_cluster *c = &shape->clusters[i];
		while (at_char < shape->char_count && shape->starts[at_char] < c->start)
			at_char++;
		if (!(c->flags & CLUSTER_BLANK))
			mark = shape->chars[at_char];
		if (!(c->flags & CLUSTER_BREAK))
			continue;
		int32_t left = span_width(shape, before->first, i + 1, style);
		int32_t right = span_width(shape, i + 1, last->end, style), longer = left > right ? left : right;
		int32_t cost = add_clamped(longer, pauses(mark) ? 0 : within_phrase);
		if (longer <= limit && cost < least) {
			least = cost;
			best = i + 1;
		}
	}
	return best;
}

/* Where a last line of a character or two begins instead: some characters earlier. */
static uint32_t fair_last(const struct text_shape *shape, const struct text_line *before, const struct text_line *last,
                          const struct text_style *style)
{
	int32_t em = style->size_px * 64, enough = add_clamped(last->width, em * 3 / 4);

	if (last->width >= em * 5 / 2 || before->width < em * 4)
		return last->first;
	for (uint32_t i = last->first - 1; i > before->first; i--) {
		int32_t width = span_width(shape, i, last->end, style);
		if (width > em * 8)
			break;
		if (width >= enough && shape->clusters[i - 1].flags & CLUSTER_BREAK)
			return i;
	}
	return last->first;
}

/* A paragraph is complete: its last two lines may part elsewhere, as far as style.fair wants it. */
static void end_fairly(struct text_shape *shape, struct text_lines *lines, const struct text_style *style)
{
	enum { LONGEST = 200 }; /* clusters of a text worth balancing */

	if (!style->fair || lines->count < 2 || !lines->items[lines->count - 2].wrapped)
		return;
	struct text_line *last = &lines->items[lines->count - 1], *before = last - 1;
	bool only_two = lines->count == 2 || !before[-1].wrapped;
	uint32_t at = style->align != TEXT_CENTER                               ? fair_last(shape, before, last, style)
	              : only_two && last->end - before->first <= LONGEST ? fair_middle(shape, before, last, style)
	                                                                 : last->first;
	if (at == last->first)
		return;
	before->end = last->first = at;
	before->stop = last->start = shape->clusters[at].start;
	place(shape, before, style);
	place(shape, last, style);
}

static enum err break_lines(struct text_shape *shape, struct text_lines *lines,
                            const struct text_style *style)
{
	uint32_t first = 0;
	bool again = true;

	lines->count = 0;
	/* One line more than wanted tells whether something was left out. */
	while (again && !(style->max_lines > 0 && lines->count > (size_t)style->max_lines)) {
		uint32_t next = line_end(shape, first, style), end = next;
		bool hard = next > first && (shape->clusters[next - 1].flags & CLUSTER_NEWLINE);
		while (end > first && (shape->clusters[end - 1].flags & CLUSTER_CONTROL))
			end--;
		struct text_line line = {
			.first = first,
			.end = end,
			.start = shape->clusters[first].start,
			.stop = shape->clusters[end].start,
			.wrapped = !hard && next < shape->cluster_count,
		};
		place(shape, &line, style);
		enum err e = add_line(lines, line);
		if (e)
			return e;
		/* After a last LF there is an empty line, where the caret stands. */
		again = next < shape->cluster_count || hard;
		if (hard || !again)
			end_fairly(shape, lines, style);
		first = next;
	}
	return ERR_OK;
}

/* Ends the line in an ellipsis within `limit_px`; the ellipsis takes the place of the cluster that it
 * covers. */
static enum err shorten(struct text_shape *shape, struct fonts *fonts, struct text_line *line, int limit_px,
                        const struct text_style *style)
{
	int32_t advance, limit = limit_px * 64;
	uint32_t end = line->end;
	size_t had_glyphs = shape->glyph_count, had_clusters = shape->cluster_count;

	/* Glyphs of the text's own tail go first, so that the ellipsis is the last glyph of the last cluster. */
	while (end > line->first && end == shape->cluster_count)
		end--;
	uint32_t glyphs = shape->clusters[end].glyph;
	shape->glyph_count = glyphs;
	enum err e = text_shape_append(shape, fonts, ELLIPSIS, style, &advance);
	if (e)
		return e;
	while (end > line->first) {
		const struct text_cluster *before = &shape->clusters[end - 1];
		bool blank = before->flags & (CLUSTER_BLANK | CLUSTER_CONTROL);
		if (!blank && add_clamped(before->x, before->advance) <= limit - advance)
			break;
		end--;
	}
	struct text_glyph dots = shape->glyphs[glyphs];
	shape->glyph_count = shape->clusters[end].glyph + 1U;
	shape->glyphs[shape->glyph_count - 1] = dots;
	shape->clusters[end].advance = advance;
	shape->clusters[end].flags = 0;
	shape->cluster_count = end + 1U;
	line->stop = shape->clusters[end].start;
	line->end = end + 1;
	line->wrapped = false;
	/* The end mark keeps the byte length of the whole text. */
	shape->clusters[end + 1] = (struct text_cluster){
		.start = shape->starts[shape->char_count], .glyph = (uint32_t)shape->glyph_count };
	/* The scratch is wiped by its counts, which have just shrunk. */
	if (had_glyphs > shape->glyph_count)
		sodium_memzero(&shape->glyphs[shape->glyph_count],
		               (had_glyphs - shape->glyph_count) * sizeof(*shape->glyphs));
	if (had_clusters > shape->cluster_count)
		sodium_memzero(&shape->clusters[shape->cluster_count + 1],
		               (had_clusters - shape->cluster_count) * sizeof(*shape->clusters));
	struct text_style untracked = *style;
	untracked.tracking_px = 0;
	place(shape, line, &untracked);
	return ERR_OK;
}

static enum err limit_lines(struct text_shape *shape, struct text_lines *lines, struct fonts *fonts,
                            const struct text_style *style, bool *cut)
{
	*cut = false;
	if (style->max_lines > 0 && lines->count > (size_t)style->max_lines) {
		lines->count = (size_t)style->max_lines;
		*cut = true;
		int limit = style->width_px > 0 ? style->width_px : INT32_MAX / 128;
		return shorten(shape, fonts, &lines->items[lines->count - 1], limit, style);
	}
	struct text_line *line = &lines->items[0];
	if (style->width_px <= 0 && style->fit_px > 0 && line->width > style->fit_px * 64) {
		*cut = true;
		return shorten(shape, fonts, line, style->fit_px, style);
	}
	return ERR_OK;
}

static void align(struct text_lines *lines, const struct text_style *style)
{
	if (style->width_px <= 0 || style->align == TEXT_LEFT)
		return;
	for (size_t i = 0; i < lines->count; i++) {
		struct text_line *line = &lines->items[i];
		int32_t room = style->width_px * 64 - line->width;
		if (room > 0)
			line->x = style->align == TEXT_CENTER ? room / 2 : room;
	}
}

static enum err pack(const struct text_shape *shape, const struct text_lines *lines, const char *utf8,
                     size_t len, const struct text_style *style, bool cut, struct text_layout **out)
{
	/* Ordered by alignment. */
	size_t head = sizeof(struct text_layout), line_bytes = lines->count * sizeof(struct text_line);
	size_t cluster_bytes = (shape->cluster_count + 1) * sizeof(struct text_cluster);
	size_t glyph_bytes = shape->glyph_count * sizeof(struct text_glyph);
	size_t size = head + line_bytes + cluster_bytes + glyph_bytes + len;
	char *block = malloc(size);

	if (!block)
		return ERR_NOMEM;
	struct text_layout *layout = (struct text_layout *)(void *)block;
	*layout = (struct text_layout){
		.size = size,
		.style = *style,
		.text_len = (uint32_t)len,
		.cluster_count = (uint32_t)shape->cluster_count,
		.line_count = (uint32_t)lines->count,
		.cut = cut,
		.lines = (struct text_line *)(void *)(block + head),
		.clusters = (struct text_cluster *)(void *)(block + head + line_bytes),
		.glyphs = (struct text_glyph *)(void *)(block + head + line_bytes + cluster_bytes),
		.text = block + head + line_bytes + cluster_bytes + glyph_bytes,
	};
	memcpy(layout->lines, lines->items, line_bytes);
	memcpy(layout->clusters, shape->clusters, cluster_bytes);
	if (glyph_bytes)
		memcpy(layout->glyphs, shape->glyphs, glyph_bytes);
	if (len)
		memcpy(layout->text, utf8, len);
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].width > layout->width)
			layout->width = lines->items[i].width;
	*out = layout;
	return ERR_OK;
}

enum err text_layout_make(struct text_shape *shape, struct text_lines *lines, struct fonts *fonts,
                          const char *utf8, size_t len, const struct text_style *style,
                          struct text_layout **layout)
{
	bool cut = false;
	enum err e = text_shape_run(shape, fonts, utf8, len, style);

	if (!e)
		e = break_lines(shape, lines, style);
	if (!e)
		e = limit_lines(shape, lines, fonts, style, &cut);
	if (!e) {
		align(lines, style);
		e = pack(shape, lines, utf8, len, style, cut, layout);
	}
	text_shape_wipe(shape);
	return e;
}
