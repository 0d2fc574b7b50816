#include "documents/document.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "documents/docx_text.h"
#include "documents/grow.h"
#include "documents/kind.h"
#include "documents/text_encoding.h"
#include "documents/xlsx_read.h"

void document_free(char *text, size_t len)
{
	if (text)
		explicit_bzero(text, len);
	free(text);
}

/* Text copied out of a spreadsheet has tabs between its columns: such a first line makes it a table of tabs. */
static bool has_tabs(const char *text)
{
	size_t first = strcspn(text, "\n");
	return memchr(text, '\t', first) && !memchr(text, ',', first);
}

/* Spreadsheets quote a field with a quote, a tab or a line break in it in both kinds of text alike. */
static enum err tabs_to_commas(char **text, size_t *len)
{
	struct grow out = {.max = 2 * (size_t)DOCUMENT_TEXT_MAX_BYTES};
	enum err e = ERR_OK;
	const char *p = *text, *end = p + *len;
	while (e == ERR_OK && p < end) {
		size_t n = strcspn(p, "\t\n");
		if (p[0] == '"') {
			const char *quote = p + 1;
			while ((quote = strchr(quote, '"')) && quote[1] == '"')
				quote += 2;
			n = quote ? (size_t)(quote + 1 - p) : (size_t)(end - p);
			e = grow_put(&out, p, n);
		} else {
			bool quoted = memchr(p, ',', n) != NULL;
			e = grow_put(&out, "\"", quoted);
			e = e != ERR_OK ? e : grow_put(&out, p, n);
			e = e != ERR_OK ? e : grow_put(&out, "\"", quoted);
		}
		p += n;
		if (e == ERR_OK && p < end && (*p == '\t' || *p == '\n')) {
			e = grow_text(&out, *p == '\t' ? "," : "\n");
			p++;
		}
	}
	char *made;
	size_t made_len;
	if (e == ERR_OK)
		e = grow_take(&out, &made, &made_len);
	grow_clear(&out);
	if (e != ERR_OK)
		return e;
	document_free(*text, *len);
	*text = made;
	*len = made_len;
	return ERR_OK;
}

/* The fields of the line of `n` bytes that are not empty; -1 where a quoted one goes on behind it. */
static int filled(const char *line, size_t n)
{
	int count = 0;
	bool quoted = false, empty = true;
	for (size_t i = 0; i < n; i++) {
		quoted = quoted != (line[i] == '"');
		if (line[i] == ',' && !quoted) {
			count += !empty;
			empty = true;
		} else if (!strchr(" \t\"", line[i])) {
			empty = false;
		}
	}
	return quoted ? -1 : count + !empty;
}

/* Blanks the lines above the headings, as xlsx_cells.c leaves them out: those before the first line that fills at least half
 * as many fields as the fullest of the first lines. */
static void blank_title(char *csv)
{
	enum { LOOK_LINES = 12 };
	int most = 0, count = 0;
	char *p = csv;
	for (int i = 0; i < LOOK_LINES && *p && count >= 0; i++) {
		size_t n = strcspn(p, "\n");
		count = filled(p, n);
		most = count > most ? count : most;
		p += n + (p[n] == '\n');
	}
	for (p = csv; most > 1 && *p;) {
		size_t n = strcspn(p, "\n");
		count = filled(p, n);
		if (count < 0 || (count > 1 && count * 2 >= most))
			return;
		memset(p, ' ', n);
		p += n + (p[n] == '\n');
	}
}

static enum err plain(const uint8_t *bytes, size_t len, char **text, size_t *text_len, struct document_note *note)
{
	enum text_encoding took;
	enum err e = text_to_utf8(bytes, len, text, text_len, &took);
	if (e == ERR_OK && (took == TEXT_GB18030 || took == TEXT_BIG5))
		snprintf(note->text, sizeof note->text, "文件不是 UTF-8 文字，已按 %s 编码读取，请看看文字对不对。", text_encoding_name(took));
	else if (e == ERR_TOO_LONG)
		snprintf(note->text, sizeof note->text, "文件太大（最多 %d MB），请分成几个文件。", DOCUMENT_TEXT_MAX_BYTES / 1024 / 1024);
	else if (e != ERR_OK)
		snprintf(note->text, sizeof note->text, "文件里不是文字，打不开。请换成 Excel（.xlsx）、Word（.docx）或文本文件再试。");
	return e;
}

enum err document_table(const uint8_t *bytes, size_t len, char **csv, size_t *csv_len, struct document_note *note)
{
	note->text[0] = '\0';
	enum document_kind kind = document_kind(bytes, len);
	if (kind == DOCUMENT_XLSX)
		return xlsx_to_csv(bytes, len, NULL, csv, csv_len, note);
	if (kind != DOCUMENT_PLAIN)
		return document_refuse(kind, true, note);
	char *text;
	size_t text_len;
	enum err e = plain(bytes, len, &text, &text_len, note);
	if (e == ERR_OK && has_tabs(text))
		e = tabs_to_commas(&text, &text_len);
	if (e != ERR_OK)
		return e;
	blank_title(text);
	*csv = text;
	*csv_len = text_len;
	return ERR_OK;
}

enum err document_text(const uint8_t *bytes, size_t len, char **text, size_t *text_len, struct document_note *note)
{
	note->text[0] = '\0';
	enum document_kind kind = document_kind(bytes, len);
	if (kind == DOCUMENT_DOCX)
		return docx_to_text(bytes, len, text, text_len, note);
	if (kind != DOCUMENT_PLAIN)
		return document_refuse(kind, false, note);
	return plain(bytes, len, text, text_len, note);
}
