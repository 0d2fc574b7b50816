/* document.h: what the readers of office files have in common: limits, what they say, how their text is given back. */
#ifndef DOCUMENTS_DOCUMENT_H
#define DOCUMENTS_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	DOCUMENT_MAX_BYTES = 8 * 1024 * 1024,       /* of a file */
	DOCUMENT_PART_MAX_BYTES = 48 * 1024 * 1024, /* of one part of it, unpacked */
	DOCUMENT_TEXT_MAX_BYTES = 16 * 1024 * 1024  /* of the text that comes out */
};

/* A sentence in Simplified Chinese for whoever gave the file. On an error: what is wrong and what to do next. On ERR_OK:
 * what was assumed ("按 GB18030 编码读取。"), or "". */
struct document_note { char text[320]; };

/* Wipes (files of offices hold ID numbers) and frees what a reader gave; NULL is allowed. */
void document_free(char *text, size_t len);

/* A table from any file that an office keeps one in: .xlsx, or CSV or tab-separated text in UTF-8, UTF-16, GB18030 or Big5.
 * *csv is UTF-8 without BOM, one line a row of the file, so that line numbers are the spreadsheet's row numbers (see
 * xlsx_read.h); NUL-terminated; document_free it. What stands above the headings (the table's title) is blank. ERR_INVALID: no such file; ERR_UNSUPPORTED: a kind that we do not read (.xls,
 * .doc, encrypted, PDF, a web page); ERR_TOO_LONG: over a limit; ERR_NOMEM. */
MUST_USE enum err document_table(const uint8_t *bytes, size_t len, char **csv, size_t *csv_len, struct document_note *note);

/* The same for running text: .docx (its numbering written out, see docx_text.h) or plain text in any of those encodings; lines
 * end in LF. */
MUST_USE enum err document_text(const uint8_t *bytes, size_t len, char **text, size_t *text_len, struct document_note *note);

#endif
