/* Every table, row by row, for the export. */
#include <stdio.h>
#include <stdlib.h>

#include "township/store/db.h"
#include "township/store_export.h"

static json_t *name_row(sqlite3_stmt *stmt)
{
	return json_string((const char *)sqlite3_column_text(stmt, 0));
}

enum err town_export_tables(struct town_store *store, json_t **names)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
	                      " ORDER BY rowid",
	                      "");
	return e ? e : db_list(stmt, name_row, names);
}

static void read_cell(sqlite3_stmt *stmt, int i, struct export_cell *cell)
{
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		cell->kind = CELL_NUMBER;
		cell->number = sqlite3_column_int64(stmt, i);
		break;
	case SQLITE_BLOB:
		cell->kind = CELL_BYTES;
		cell->bytes = sqlite3_column_blob(stmt, i);
		cell->len = (size_t)sqlite3_column_bytes(stmt, i);
		break;
	case SQLITE_NULL: cell->kind = CELL_NULL; break;
	default:
		cell->kind = CELL_TEXT;
		cell->text = (const char *)sqlite3_column_text(stmt, i);
		cell->len = (size_t)sqlite3_column_bytes(stmt, i);
	}
}

static enum err read_rows(sqlite3_stmt *stmt,
                          enum err (*each)(void *arg, int64_t row, const struct export_cell *cells, size_t count), void *arg)
{
	int count = sqlite3_column_count(stmt);
	struct export_cell *cells = calloc((size_t)count, sizeof *cells);
	enum err e = cells ? ERR_OK : ERR_NOMEM;
	for (int i = 0; i < count && !e; i++)
		cells[i].column = sqlite3_column_name(stmt, i);
	if (!e)
		e = each(arg, 0, cells, (size_t)count);
	for (int64_t row = 1; !e && !(e = db_step(stmt)); row++) {
		for (int i = 0; i < count; i++)
			read_cell(stmt, i, &cells[i]);
		e = each(arg, row, cells, (size_t)count);
		/* What `each` gives ends the walk; the end of the rows is no failure, and told apart from it here. */
		if (e == ERR_NOT_FOUND)
			e = ERR_IO;
	}
	free(cells);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err town_export_rows(struct town_store *store, const char *table,
                          enum err (*each)(void *arg, int64_t row, const struct export_cell *cells, size_t count), void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int64_t known = 0;
	enum err e = db_one_number(store, &known, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", "t", table);
	if (e || known == 0)
		return e ? e : ERR_NOT_FOUND;
	/* Its text is made here, so it has no place in the cache of literals. */
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY 1, 2", table);
	if (!sql)
		return ERR_NOMEM;
	e = db_err(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL));
	sqlite3_free(sql);
	if (!e)
		e = read_rows(stmt, each, arg);
	sqlite3_finalize(stmt);
	return e;
}
