#include "documents/xlsx_cells.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "documents/xlsx_read.h"

enum { HEADING_LOOK_ROWS = 30, MERGES_MAX = XLSX_MAX_ROWS };

enum err xlsx_cells_store(struct xlsx_cells *cells, const char *text, size_t len, uint32_t *at)
{
	*at = (uint32_t)cells->store.len; /* its max keeps it small */
	return grow_put(&cells->store, text, len);
}

enum err xlsx_cells_add(struct xlsx_cells *cells, struct xlsx_cell cell)
{
	if (cell.len == 0)
		return ERR_OK;
	if (cells->count == XLSX_MAX_CELLS || cell.row >= XLSX_MAX_ROWS || cell.column >= XLSX_MAX_COLUMNS || cell.len > XLSX_MAX_CELL_BYTES)
		return ERR_TOO_LONG;
	if (cells->count == cells->room) {
		size_t room = cells->room ? cells->room * 2 : 1024;
		struct xlsx_cell *grown = realloc(cells->items, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		cells->items = grown;
		cells->room = room;
	}
	cells->items[cells->count++] = cell;
	return ERR_OK;
}

enum err xlsx_cells_merge(struct xlsx_cells *cells, struct xlsx_merge merge)
{
	if (merge.last_row <= merge.row)
		return ERR_OK;
	if (cells->merge_count == MERGES_MAX)
		return ERR_TOO_LONG;
	if (cells->merge_count == cells->merge_room) {
		size_t room = cells->merge_room ? cells->merge_room * 2 : 64;
		struct xlsx_merge *grown = realloc(cells->merges, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		cells->merges = grown;
		cells->merge_room = room;
	}
	cells->merges[cells->merge_count++] = merge;
	return ERR_OK;
}

void xlsx_cells_clear(struct xlsx_cells *cells)
{
	free(cells->items);
	free(cells->merges);
	grow_clear(&cells->store);
	*cells = (struct xlsx_cells){0};
}

const char *xlsx_place(const char *text, uint32_t *row, uint32_t *column)
{
	const char *p = text;
	uint32_t r = 0, c = 0;
	for (; *p >= 'A' && *p <= 'Z' && c < 1000000; p++)
		c = c * 26 + (uint32_t)(*p - 'A') + 1;
	for (; *p >= '0' && *p <= '9' && r < 100000000; p++)
		r = r * 10 + (uint32_t)(*p - '0');
	if (r == 0 || c == 0)
		return NULL;
	*row = r - 1;
	*column = c - 1;
	return p;
}

/* By row and column; a place that stands twice keeps its order in the store. */
static int by_place(const void *a, const void *b)
{
	const struct xlsx_cell *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void sort(struct xlsx_cells *cells)
{
	bool sorted = true;
	for (size_t i = 1; i < cells->count && sorted; i++)
		sorted = by_place(&cells->items[i - 1], &cells->items[i]) <= 0;
	if (!sorted)
		qsort(cells->items, cells->count, sizeof *cells->items, by_place);
}

/* A value that stands in the first cell of a merged block is meant for each of its rows. */
static enum err fill_merges(struct xlsx_cells *cells)
{
	enum err e = ERR_OK;
	size_t known = cells->count;
	uint32_t last = known > 0 ? cells->items[known - 1].row : 0;
	for (size_t i = 0; i < cells->merge_count && e == ERR_OK && known > 0; i++) {
		struct xlsx_merge m = cells->merges[i];
		struct xlsx_cell wanted = {.row = m.row, .column = m.column};
		size_t low = 0, high = known;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (by_place(&cells->items[middle], &wanted) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		if (low == known || cells->items[low].row != m.row || cells->items[low].column != m.column)
			continue;
		struct xlsx_cell copy = cells->items[low];
		while (e == ERR_OK && ++copy.row <= m.last_row && copy.row <= last)
			e = xlsx_cells_add(cells, copy);
	}
	sort(cells);
	return e;
}

/* How many cells stand in the row that begins at item i. */
static size_t in_row(const struct xlsx_cells *cells, size_t i)
{
	size_t n = i;
	while (n < cells->count && cells->items[n].row == cells->items[i].row)
		n++;
	return n - i;
}

/* The item that the headings' row begins at: the first that fills at least half as many cells as the fullest one near the
 * top; what is above is the table's title, its date and who filled it in. */
static size_t headings(const struct xlsx_cells *cells)
{
	size_t most = 0, i = 0;
	for (int looked = 0; i < cells->count && looked < HEADING_LOOK_ROWS; looked++) {
		size_t n = in_row(cells, i);
		most = n > most ? n : most;
		i += n;
	}
	for (i = 0; most > 1 && i < cells->count; i += in_row(cells, i))
		if (in_row(cells, i) * 2 >= most && in_row(cells, i) > 1)
			return i;
	return 0;
}

static enum err put_field(struct grow *csv, const char *text, size_t len)
{
	bool quoted = memchr(text, '"', len) || memchr(text, ',', len);
	enum err e = grow_put(csv, "\"", quoted);
	for (size_t i = 0; i < len && e == ERR_OK;) {
		size_t run = i;
		while (run < len && text[run] != '"' && text[run] != '\n' && text[run] != '\r')
			run++;
		e = grow_put(csv, text + i, run - i);
		if (e == ERR_OK && run < len)
			e = grow_text(csv, text[run] == '"' ? "\"\"" : " ");
		i = run < len ? run + 1 : len;
	}
	return e != ERR_OK ? e : grow_put(csv, "\"", quoted);
}

static enum err put_times(struct grow *csv, const char *mark, uint32_t n)
{
	enum err e = ERR_OK;
	while (n-- > 0 && e == ERR_OK)
		e = grow_text(csv, mark);
	return e;
}

enum err xlsx_cells_csv(struct xlsx_cells *cells, struct grow *csv, size_t *rows)
{
	sort(cells);
	enum err e = fill_merges(cells);
	uint32_t row = 0, column = 0;
	bool begun = false;
	*rows = 0;
	for (size_t i = headings(cells); i < cells->count && e == ERR_OK; i++) {
		struct xlsx_cell c = cells->items[i];
		if (begun && c.row == row && c.column == column)
			continue; /* the place stands twice */
		if (!begun || c.row != row) {
			e = put_times(csv, "\n", c.row - row);
			row = c.row;
			column = 0;
			++*rows;
		}
		if (e == ERR_OK)
			e = put_times(csv, ",", c.column - column);
		column = c.column;
		begun = true;
		if (e == ERR_OK)
			e = put_field(csv, cells->store.text + c.at, c.len);
	}
	return e == ERR_OK && begun ? grow_text(csv, "\n") : e;
}
