/* xlsx_cells.h: the cells of a sheet as they are found, and the CSV that is made of them. */
#ifndef DOCUMENTS_XLSX_CELLS_H
#define DOCUMENTS_XLSX_CELLS_H

#include <stdint.h>

#include "documents/grow.h"

/* Counted from 0. The text is `len` bytes of the sheet's own store or of its shared strings. */
struct xlsx_cell { uint32_t row, column, at, len; };
struct xlsx_merge { uint32_t row, column, last_row; };
struct xlsx_cells {
	struct xlsx_cell *items; /* owned, like merges */
	size_t count, room;
	struct xlsx_merge *merges;
	size_t merge_count, merge_room;
	struct grow store; /* the texts; begin with a max */
};

/* Puts a text into the store. */
MUST_USE enum err xlsx_cells_store(struct xlsx_cells *cells, const char *text, size_t len, uint32_t *at);
/* ERR_TOO_LONG: over the limits of xlsx_read.h. */
MUST_USE enum err xlsx_cells_add(struct xlsx_cells *cells, struct xlsx_cell cell);
MUST_USE enum err xlsx_cells_merge(struct xlsx_cells *cells, struct xlsx_merge merge);
/* As xlsx_read.h says; *rows is the number of rows with something in them. */
MUST_USE enum err xlsx_cells_csv(struct xlsx_cells *cells, struct grow *csv, size_t *rows);
void xlsx_cells_clear(struct xlsx_cells *cells);

/* "AB12" to its row and column, counted from 0; the end of what was read, or NULL. */
const char *xlsx_place(const char *text, uint32_t *row, uint32_t *column);

#endif
