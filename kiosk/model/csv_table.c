#include "model/csv_table.h"

#include <string.h>

#include "model/roster_fault.h"
#include "model/utf8.h"

const char *csv_table_field(const struct csv_table *table, const struct csv_row *row, int column)
{
	int i = table->at[column];
	return i >= 0 && (size_t)i < row->count ? row->fields[i] : "";
}

enum err csv_table_blame(const struct csv_table *table, const struct csv_row *row, const char *fault, const char *value)
{
	return roster_problem_add(table->problems, row->line, fault, value);
}

static enum err read_headings(struct csv_table *table, const struct csv_row *row)
{
	enum err e = ERR_OK;
	for (int c = 0; e == ERR_OK && c < table->columns; c++) {
		table->at[c] = -1;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->fields[i], table->headings[c]) == 0)
				table->at[c] = (int)i;
		if (c < table->needed && table->at[c] < 0)
			e = csv_table_blame(table, row, FAULT_HEADING, table->headings[c]);
	}
	return e;
}

static enum err read_rows(struct csv_table *table, struct csv *csv,
                          enum err (*take)(void *ctx, const struct csv_table *table, const struct csv_row *row), void *ctx)
{
	struct csv_row row;
	enum err e = csv_next(csv, &row);
	if (e == ERR_NOT_FOUND)
		return roster_problem_add(table->problems, 1, FAULT_EMPTY, "");
	if (e == ERR_OK)
		e = read_headings(table, &row);
	if (e == ERR_OK && table->problems->count > 0)
		return ERR_OK;
	while (e == ERR_OK && (e = csv_next(csv, &row)) == ERR_OK)
		e = take(ctx, table, &row);
	if (e == ERR_INVALID)
		return csv_table_blame(table, &row, FAULT_QUOTES, "");
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err csv_table_read(struct csv_table *table, const char *text, size_t len,
                        enum err (*take)(void *ctx, const struct csv_table *table, const struct csv_row *row), void *ctx)
{
	struct csv csv;
	memset(table->problems, 0, sizeof *table->problems);
	enum err e = csv_open(text, len, &csv);
	if (e != ERR_OK)
		return e;
	e = utf8_valid(text, len) && !memchr(text, '\0', len) ? read_rows(table, &csv, take, ctx)
	                                                      : roster_problem_add(table->problems, 1, FAULT_NOT_UTF8, "");
	csv_close(&csv);
	if (e != ERR_OK)
		return e;
	return table->problems->count > 0 ? ERR_INVALID : ERR_OK;
}
