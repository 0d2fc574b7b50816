#include "township/form.h"

#include <string.h>

#include "model/utf8.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum err decode(const char *text, size_t len, char *out, size_t size)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[i] == '+' ? ' ' : text[i];
		if (c == '%') {
			int high = len - i > 2 ? hex_digit(text[i + 1]) : -1, low = high >= 0 ? hex_digit(text[i + 2]) : -1;
			if (low < 0)
				return ERR_INVALID;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return ERR_INVALID;
		if (n + 1 >= size)
			return ERR_TOO_LONG;
		out[n++] = c;
	}
	out[n] = '\0';
	return utf8_valid(out, n) ? ERR_OK : ERR_INVALID;
}

enum err form_value(const char *form, size_t len, const char *name, char *out, size_t size)
{
	size_t name_len = strlen(name);
	enum err e = ERR_NOT_FOUND;
	out[0] = '\0';
	while (len > 0) {
		const char *end = memchr(form, '&', len);
		size_t field = end ? (size_t)(end - form) : len;
		if (field > name_len && memcmp(form, name, name_len) == 0 && form[name_len] == '=') {
			e = decode(form + name_len + 1, field - name_len - 1, out, size);
			break;
		}
		form += end ? field + 1 : field;
		len -= end ? field + 1 : field;
	}
	if (e)
		out[0] = '\0';
	return e;
}
