#include "model/ink.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Grows an array without leaving a copy of the visitor's hand behind, as realloc might. */
static enum err grow(void **items, size_t used, size_t *room, size_t item_size, size_t limit)
{
	if (used < *room)
		return ERR_OK;
	size_t more = *room ? *room * 2 : 64;
	if (more > limit)
		more = limit;
	if (used >= more)
		return ERR_TOO_LONG;
	void *fresh = malloc(more * item_size);
	if (!fresh)
		return ERR_NOMEM;
	if (used > 0)
		memcpy(fresh, *items, used * item_size);
	if (*items)
		sodium_memzero(*items, *room * item_size);
	free(*items);
	*items = fresh;
	*room = more;
	return ERR_OK;
}

static enum err add_point(struct ink *ink, struct ink_point p)
{
	void *items = ink->points;
	enum err e = grow(&items, ink->point_count, &ink->point_room, sizeof *ink->points, INK_MAX_POINTS);
	ink->points = items;
	if (e == ERR_OK)
		ink->points[ink->point_count++] = p;
	return e;
}

enum err ink_begin(struct ink *ink, struct ink_point p)
{
	if (ink->point_count >= INK_MAX_POINTS)
		return ERR_TOO_LONG;
	void *items = ink->starts;
	enum err e = grow(&items, ink->stroke_count, &ink->stroke_room, sizeof *ink->starts, INK_MAX_STROKES);
	ink->starts = items;
	if (e != ERR_OK)
		return e;
	uint32_t start = (uint32_t)ink->point_count;
	e = add_point(ink, p);
	if (e == ERR_OK)
		ink->starts[ink->stroke_count++] = start;
	return e;
}

enum err ink_extend(struct ink *ink, struct ink_point p)
{
	if (ink->stroke_count == 0)
		return ERR_STATE;
	struct ink_point last = ink->points[ink->point_count - 1];
	if (last.x == p.x && last.y == p.y)
		return ERR_OK;
	return add_point(ink, p);
}

bool ink_undo(struct ink *ink)
{
	if (ink->stroke_count == 0)
		return false;
	size_t start = ink->starts[--ink->stroke_count];
	sodium_memzero(ink->points + start, (ink->point_count - start) * sizeof *ink->points);
	ink->point_count = start;
	return true;
}

void ink_clear(struct ink *ink)
{
	if (ink->points)
		sodium_memzero(ink->points, ink->point_room * sizeof *ink->points);
	free(ink->points);
	free(ink->starts);
	memset(ink, 0, sizeof *ink);
}

const struct ink_point *ink_stroke(const struct ink *ink, size_t i, size_t *count)
{
	size_t start = ink->starts[i];
	size_t end = i + 1 < ink->stroke_count ? ink->starts[i + 1] : ink->point_count;
	*count = end - start;
	return ink->points + start;
}

/* The form: "INK1", then varints: number of strokes; for each its number of points, then x and y of each
 * point as zigzag differences from the point before, the stroke's first from the last of the stroke before
 * (at the start 0, 0). */
static const char magic[4] = {'I', 'N', 'K', '1'};
enum { VARINT_MAX = 5 };

static size_t put_varint(uint8_t *out, uint32_t v)
{
	size_t n = 0;
	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	return n;
}

static uint32_t zigzag(int32_t d)
{
	return d < 0 ? (uint32_t)(-d) * 2 - 1 : (uint32_t)d * 2;
}

enum err ink_encode(const struct ink *ink, uint8_t **out, size_t *len)
{
	/* A difference of 16-bit numbers takes at most three bytes. */
	size_t room = sizeof magic + VARINT_MAX + ink->stroke_count * VARINT_MAX + ink->point_count * 6;
	uint8_t *bytes = malloc(room);
	if (!bytes)
		return ERR_NOMEM;
	memcpy(bytes, magic, sizeof magic);
	size_t n = sizeof magic;
	struct ink_point last = {0, 0};
	n += put_varint(bytes + n, (uint32_t)ink->stroke_count);
	for (size_t i = 0; i < ink->stroke_count; i++) {
		size_t count;
		const struct ink_point *p = ink_stroke(ink, i, &count);
		n += put_varint(bytes + n, (uint32_t)count);
		for (size_t j = 0; j < count; last = p[j++]) {
			n += put_varint(bytes + n, zigzag(p[j].x - last.x));
			n += put_varint(bytes + n, zigzag(p[j].y - last.y));
		}
	}
	*out = bytes;
	*len = n;
	return ERR_OK;
}

struct cursor { const uint8_t *at, *end; };

static enum err get_varint(struct cursor *c, uint32_t *v)
{
	uint32_t got = 0;
	for (unsigned shift = 0; shift < 28; shift += 7) {
		if (c->at == c->end)
			return ERR_INVALID;
		uint8_t b = *c->at++;
		got |= (uint32_t)(b & 0x7F) << shift;
		if (!(b & 0x80)) {
			*v = got;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

static enum err get_coordinate(struct cursor *c, uint16_t *value)
{
	uint32_t z;
	enum err e = get_varint(c, &z);
	if (e != ERR_OK)
		return e;
	int32_t d = z & 1 ? -(int32_t)(z / 2) - 1 : (int32_t)(z / 2);
	int32_t v = *value + d;
	if (v < 0 || v > UINT16_MAX)
		return ERR_INVALID;
	*value = (uint16_t)v;
	return ERR_OK;
}

static enum err get_stroke(struct cursor *c, struct ink *ink, struct ink_point *last)
{
	uint32_t count;
	enum err e = get_varint(c, &count);
	if (e != ERR_OK)
		return e;
	if (count == 0)
		return ERR_INVALID;
	for (uint32_t j = 0; j < count && e == ERR_OK; j++) {
		e = get_coordinate(c, &last->x);
		if (e == ERR_OK)
			e = get_coordinate(c, &last->y);
		if (e == ERR_OK)
			e = j == 0 ? ink_begin(ink, *last) : ink_extend(ink, *last);
	}
	return e;
}

enum err ink_decode(const uint8_t *bytes, size_t len, struct ink *ink)
{
	if (len < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
		return ERR_INVALID;
	struct cursor c = {bytes + sizeof magic, bytes + len};
	struct ink got = {0};
	struct ink_point last = {0, 0};
	uint32_t strokes;
	enum err e = get_varint(&c, &strokes);
	for (uint32_t i = 0; e == ERR_OK && i < strokes; i++)
		e = get_stroke(&c, &got, &last);
	if (e == ERR_OK && c.at != c.end)
		e = ERR_INVALID;
	if (e != ERR_OK) {
		ink_clear(&got);
		return e;
	}
	ink_clear(ink);
	*ink = got;
	return ERR_OK;
}
