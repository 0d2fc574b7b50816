/* csv.h: rows of comma-separated text (RFC 4180), as spreadsheets save it: quotes, CRLF or LF, with or
 * without BOM. */
#ifndef MODEL_CSV_H
#define MODEL_CSV_H

#include <stddef.h>

#include "model/err.h"

enum { CSV_MAX_FIELDS = 64 };

/* One row's fields, NUL-terminated inside `text`. */
struct csv_row { char *fields[CSV_MAX_FIELDS]; size_t count; int line; };

/* Zero-initialise but for `at` and `end`, the bounds of a copy that the reader may change (its last byte must
 * be past `end` and writable). */
struct csv { char *at, *end; int line; };

/* Reads the next row that is not blank; fields lose the blanks around them. ERR_NOT_FOUND at the end;
 * ERR_INVALID for an unclosed quote or too many fields: row->line says where. */
MUST_USE enum err csv_next(struct csv *csv, struct csv_row *row);

#endif
