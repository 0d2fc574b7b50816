/* csv_table.h: a table with headings in its first row, columns in any order, every fault told with its row. */
#ifndef MODEL_CSV_TABLE_H
#define MODEL_CSV_TABLE_H

#include "model/csv.h"
#include "model/roster.h"

enum { CSV_TABLE_COLUMNS = 16 };

struct csv_table {
	const char *const *headings;      /* of the columns that are known, the needed ones first */
	int columns, needed;              /* at most CSV_TABLE_COLUMNS */
	struct roster_problems *problems; /* borrowed; csv_table_read empties it first */
	int at[CSV_TABLE_COLUMNS];        /* the field of each column, -1 when there is none */
};

/* Calls `take` for every row that is not blank; an error of its ends the reading. ERR_INVALID: `problems` says what is wrong (a
 * needed heading is missing, no UTF-8, quotes that do not pair, or what `take` has told). */
MUST_USE enum err csv_table_read(struct csv_table *table, const char *text, size_t len,
                                 enum err (*take)(void *ctx, const struct csv_table *table, const struct csv_row *row), void *ctx);

/* A row's field, "" where it has none. */
const char *csv_table_field(const struct csv_table *table, const struct csv_row *row, int column);
/* Tells a fault of the row. */
MUST_USE enum err csv_table_blame(const struct csv_table *table, const struct csv_row *row, const char *fault, const char *value);

#endif
