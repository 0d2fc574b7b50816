/* store_export.h: the store's part on the export: every table, row by row, as plain values. */
#ifndef TOWNSHIP_STORE_EXPORT_H
#define TOWNSHIP_STORE_EXPORT_H

#include "township/store.h"

enum cell_kind { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_BYTES };
struct export_cell {
	const char *column;
	enum cell_kind kind;
	int64_t number;
	const char *text;     /* NUL-terminated; of CELL_TEXT */
	const uint8_t *bytes; /* of CELL_BYTES */
	size_t len;           /* of text and bytes */
}; /* borrowed until the next row */

/* The names of all tables, in the order in which they were made: an array of texts, a new reference. */
MUST_USE enum err town_export_tables(struct town_store *store, json_t **names);
/* Calls `each` for every row, in the order of its first columns, until it gives other than ERR_OK, and gives that; before
 * the rows once with `row` 0, where the cells have names alone. ERR_NOT_FOUND: no such table. */
MUST_USE enum err town_export_rows(struct town_store *store, const char *table,
                                   enum err (*each)(void *arg, int64_t row, const struct export_cell *cells, size_t count),
                                   void *arg);

#endif
