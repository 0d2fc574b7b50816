#include "model/utf8.h"

#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* Decodes a well-formed character of `n` bytes at p; 0 when it is not well-formed. */
static size_t decode(const char *s, size_t room, uint32_t *cp)
{
	const uint8_t *p = (const uint8_t *)s;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (p[0] < 0xC2 || p[0] > 0xF4 || n > room)
		return 0;
	uint32_t c = p[0] & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*cp = c;
	return n;
}

uint32_t utf8_next(const char **p, const char *end)
{
	uint32_t cp = REPLACEMENT;
	size_t n = decode(*p, (size_t)(end - *p), &cp);
	*p += n ? n : 1;
	return cp;
}

size_t utf8_put(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp >= 0xD800 && cp <= 0xDFFF)
		return 0;
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	if (cp > 0x10FFFF)
		return 0;
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool utf8_valid(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = decode(s + i, len - i, &cp);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

size_t utf8_count(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((uint8_t)s[i] & 0xC0) != 0x80;
	return n;
}

static bool between(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

enum { JOINER = 0x200D };

/* Characters that belong to the one before them: combining marks of the scripts in use here, variation
 * selectors, skin tones, keycaps, tag characters and the joiner. In order. */
static const struct { uint32_t first, last; } extending[] = {
	{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},   {0x0E31, 0x0E31},
	{0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0F18, 0x0F19}, {0x0F35, 0x0F35},   {0x0F37, 0x0F37},
	{0x0F39, 0x0F39}, {0x0F3E, 0x0F3F}, {0x0F71, 0x0F84}, {0x0F86, 0x0F87},   {0x0F8D, 0x0FBC},
	{0x0FC6, 0x0FC6}, {0x180B, 0x180F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200C, JOINER},
	{0x20D0, 0x20FF}, {0x302A, 0x302F}, {0x3099, 0x309A}, {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},
	{0x1F3FB, 0x1F3FF}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF},
};

static bool extends(uint32_t c)
{
	size_t i = 0, n = sizeof extending / sizeof extending[0];
	while (i < n && extending[i].last < c)
		i++;
	return i < n && extending[i].first <= c;
}

static bool pictograph(uint32_t c)
{
	return c == 0xA9 || c == 0xAE || between(c, 0x203C, 0x3299) || between(c, 0x1F000, 0x1FAFF);
}

static bool regional(uint32_t c)
{
	return between(c, 0x1F1E6, 0x1F1FF);
}

size_t utf8_next_boundary(const char *s, size_t len, size_t at)
{
	if (at >= len)
		return len;
	const char *p = s + at, *end = s + len;
	uint32_t prev = utf8_next(&p, end);
	bool flag_open = regional(prev);
	bool picture = pictograph(prev);
	while (p < end) {
		const char *q = p;
		uint32_t c = utf8_next(&q, end);
		bool glued = extends(c) || (prev == '\r' && c == '\n') ||
		             (picture && prev == JOINER && pictograph(c)) || (flag_open && regional(c));
		if (!glued || (prev == '\n' && extends(c)))
			break;
		if (regional(c))
			flag_open = false;
		prev = c;
		p = q;
	}
	return (size_t)(p - s);
}

size_t utf8_prev_boundary(const char *s, size_t len, size_t at)
{
	if (at > len)
		at = len;
	if (at == 0)
		return 0;
	/* Clusters are found forwards; a line's start is a boundary whatever came before it. */
	size_t start = at - 1;
	while (start > 0 && s[start - 1] != '\n')
		start--;
	size_t last = start;
	for (size_t i = start; i < at; i = utf8_next_boundary(s, len, i))
		last = i;
	return last;
}

static bool unwanted(uint32_t c, bool keep_lines)
{
	if (c == '\n')
		return !keep_lines;
	return c < 0x20 || between(c, 0x7F, 0x9F) || between(c, 0x202A, 0x202E) || between(c, 0x2066, 0x2069) ||
	       c == 0x200E || c == 0x200F || c == 0x061C || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
	       between(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE || between(c, 0xFFF9, 0xFFFB);
}

enum err utf8_clean(const char *s, size_t len, bool keep_lines, size_t max_chars, char *out, size_t size)
{
	const char *p = s, *end = s + len;
	size_t used = 0, chars = 0;
	enum err e = ERR_OK;
	if (size == 0)
		return ERR_TOO_LONG;
	while (p < end) {
		uint32_t c = utf8_next(&p, end);
		if (unwanted(c, keep_lines))
			continue;
		char bytes[4];
		size_t n = utf8_put(c, bytes);
		if (chars == max_chars || used + n >= size) {
			e = ERR_TOO_LONG;
			break;
		}
		memcpy(out + used, bytes, n);
		used += n;
		chars++;
	}
	out[used] = '\0';
	return e;
}
