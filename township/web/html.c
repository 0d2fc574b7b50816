#include "township/web/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 8192, NUMBER_SIZE = 64 };

/* By hand, not realloc: what is left behind is wiped. */
static bool make_room(struct html *h, size_t more)
{
	if (h->failed || h->len + more + 1 <= h->room)
		return !h->failed;
	size_t room = h->room ? h->room : FIRST_ROOM;
	while (room < h->len + more + 1)
		room *= 2;
	char *grown = malloc(room);
	if (!grown) {
		h->failed = true;
		return false;
	}
	if (h->text)
		memcpy(grown, h->text, h->len);
	town_forget(h->text, h->len);
	h->text = grown;
	h->room = room;
	return true;
}

void html_raw(struct html *h, const char *text, size_t len)
{
	if (!make_room(h, len))
		return;
	memcpy(h->text + h->len, text, len);
	h->len += len;
	h->text[h->len] = '\0';
}

static void put_escaped(struct html *h, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		const char *entity = text[i] == '&'    ? "&amp;"
		                     : text[i] == '<'  ? "&lt;"
		                     : text[i] == '>'  ? "&gt;"
		                     : text[i] == '"'  ? "&quot;"
		                     : text[i] == '\'' ? "&#39;"
		                                       : NULL;
		if (!entity)
			continue;
		html_raw(h, text + from, i - from);
		html_raw(h, entity, strlen(entity));
		from = i + 1;
	}
	html_raw(h, text + from, len - from);
}

/* A conversion other than %s: the C library's, of the one argument that its letters name. */
static void put_number(struct html *h, const char *spec, size_t len, va_list *args)
{
	char format[16], out[NUMBER_SIZE];
	int n = 0;
	if (len >= sizeof format) {
		h->failed = true;
		return;
	}
	memcpy(format, spec, len);
	format[len] = '\0';
	char letter = format[len - 1];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a piece of a literal that the compiler has checked */
	if (strchr("fFeEgG", letter))
		n = snprintf(out, sizeof out, format, va_arg(*args, double));
	else if (strstr(format, "ll"))
		n = snprintf(out, sizeof out, format, va_arg(*args, long long));
	else if (strchr(format, 'l'))
		n = snprintf(out, sizeof out, format, va_arg(*args, long));
	else if (strchr(format, 'z'))
		n = snprintf(out, sizeof out, format, va_arg(*args, size_t));
	else
		n = snprintf(out, sizeof out, format, va_arg(*args, int));
#pragma GCC diagnostic pop
	if (n > 0)
		put_escaped(h, out, (size_t)n < sizeof out ? (size_t)n : sizeof out - 1);
}

void html_put(struct html *h, const char *markup, ...)
{
	va_list args;
	va_start(args, markup);
	while (*markup) {
		size_t plain = strcspn(markup, "%");
		html_raw(h, markup, plain);
		markup += plain;
		if (!*markup)
			break;
		size_t spec = 1 + strspn(markup + 1, "0123456789.-+lz");
		char letter = markup[spec++];
		if (letter == '%') {
			html_raw(h, "%", 1);
		} else if (letter == 's') {
			const char *text = va_arg(args, const char *);
			put_escaped(h, text ? text : "", text ? strlen(text) : 0);
		} else {
			put_number(h, markup, spec, &args);
		}
		markup += spec;
	}
	va_end(args);
}

void html_paragraphs(struct html *h, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		html_raw(h, "<p>", 3);
		put_escaped(h, text, len);
		html_raw(h, "</p>", 4);
		text += len + (text[len] == '\n');
	}
}

void html_csv(struct html *h, const char *cell, bool last)
{
	bool formula = cell[0] && strchr("=+-@\t\r", cell[0]);
	html_raw(h, formula ? "\"'" : "\"", formula ? 2 : 1);
	for (; *cell; cell++)
		html_raw(h, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
	html_raw(h, last ? "\"\r\n" : "\",", last ? 3 : 2);
}

void html_url(const char *text, char *out, size_t size)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;
	while (*text) {
		size_t len = 1;
		while (((unsigned char)text[len] & 0xC0) == 0x80)
			len++;
		bool kept = len == 1 && strchr(plain, *text);
		if (n + (kept ? 1 : len * 3) + 1 > size)
			break;
		for (size_t i = 0; i < len; i++) {
			unsigned char c = (unsigned char)text[i];
			if (kept) {
				out[n++] = (char)c;
			} else {
				out[n++] = '%';
				out[n++] = hex[c >> 4];
				out[n++] = hex[c & 15];
			}
		}
		text += len;
	}
	out[n] = '\0';
}

void html_reply(struct html *h, struct reply *rp, unsigned status, const char *type)
{
	if (h->failed || !make_room(h, 0)) {
		html_drop(h);
		reply_err(rp, ERR_NOMEM);
		return;
	}
	rp->status = status;
	rp->bytes = h->text;
	rp->bytes_len = h->len;
	*h = (struct html){0};
	reply_header(rp, "Content-Type", type);
}

void html_drop(struct html *h)
{
	town_forget(h->text, h->len);
	*h = (struct html){0};
}
