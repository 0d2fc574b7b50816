/* csv.h: rows of comma-separated text (RFC 4180), as spreadsheets save it: quotes, CRLF or LF, with or
 * without BOM. */
#ifndef MODEL_CSV_H
#define MODEL_CSV_H

#include <stddef.h>

#include "model/err.h"

enum { CSV_MAX_FIELDS = 200 };

/* One row's fields, NUL-terminated inside `text`. */
struct csv_row { char *fields[CSV_MAX_FIELDS]; size_t count; int line; };

struct csv { char *copy, *at, *end; int line; }; /* copy owned: csv_close */

/* Begins to read a copy of the text, behind its BOM if it has one. */
MUST_USE enum err csv_open(const char *text, size_t len, struct csv *csv);
void csv_close(struct csv *csv);

/* Reads the next row that is not blank; fields lose the blanks around them. ERR_NOT_FOUND at the end;
 * ERR_INVALID for an unclosed quote or too many fields: row->line says where. */
MUST_USE enum err csv_next(struct csv *csv, struct csv_row *row);

#endif
