/* html.h: writing HTML and other text for a reply. Whatever is put in by %s is escaped; the markup is the literal. */
#ifndef TOWNSHIP_WEB_HTML_H
#define TOWNSHIP_WEB_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "township/http.h"

struct html {
	char *text; /* owned until html_reply or html_drop; secret */
	size_t len, room;
	bool failed; /* out of memory: html_reply says so */
};

/* Writes `markup`, a literal, with %s (escaped for element and attribute values; NULL is ""), %d, %u, %ld, %zu, %lld and
 * %% in it, and widths of numbers ("%02d"). */
void html_put(struct html *h, const char *markup, ...) __attribute__((format(printf, 2, 3)));
/* Writes text as it is: style sheets, CSV, SVG made elsewhere. */
void html_raw(struct html *h, const char *text, size_t len);
/* A text with line breaks, escaped, as paragraphs. */
void html_paragraphs(struct html *h, const char *text);

/* One CSV cell after another; a cell that a spreadsheet would take for a formula is kept a text. `last` ends the row. */
void html_csv(struct html *h, const char *cell, bool last);

/* `text` for a place in a query or path: percent-encoded, cut to whole characters where it does not fit. */
void html_url(const char *text, char *out, size_t size);

/* Makes what was written the reply's body, of that content type ("text/html; charset=utf-8"). */
void html_reply(struct html *h, struct reply *rp, unsigned status, const char *type);
/* Wipes and frees. */
void html_drop(struct html *h);

#endif
