/* db.c: SQL in short form. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"

enum err db_error(sqlite3 *db, int rc)
{
	int number = db ? sqlite3_system_errno(db) : 0;
	switch (rc & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_CONSTRAINT:
		return ERR_EXISTS;
	case SQLITE_TOOBIG:
		return ERR_TOO_LONG;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		/* The shared-memory file and the journals cannot be made on a full disk. */
		return number == ENOSPC || number == EDQUOT ? ERR_FULL : ERR_IO;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

enum err db_exec(sqlite3 *db, const char *sql)
{
	return db_error(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static enum err query(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, const char *form, va_list args)
{
	*stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, stmt, NULL);
	for (int i = 1; rc == SQLITE_OK && form[i - 1]; i++) {
		const void *bytes;
		switch (form[i - 1]) {
		case 'i':
			rc = sqlite3_bind_int64(*stmt, i, va_arg(args, int64_t));
			break;
		case 's':
			rc = sqlite3_bind_text(*stmt, i, va_arg(args, const char *), -1, SQLITE_STATIC);
			break;
		case 'b':
			bytes = va_arg(args, const void *);
			rc = sqlite3_bind_blob64(*stmt, i, bytes, va_arg(args, size_t), SQLITE_STATIC);
			break;
		default:
			rc = sqlite3_bind_null(*stmt, i);
			break;
		}
	}
	if (rc == SQLITE_OK)
		return ERR_OK;
	enum err e = db_error(db, rc);
	sqlite3_finalize(*stmt);
	*stmt = NULL;
	return e;
}

enum err db_query(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, const char *form, ...)
{
	va_list args;
	va_start(args, form);
	enum err e = query(db, stmt, sql, form, args);
	va_end(args);
	return e;
}

enum err db_one(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, const char *form, ...)
{
	va_list args;
	va_start(args, form);
	enum err e = query(db, stmt, sql, form, args);
	va_end(args);
	bool row = false;
	if (e == ERR_OK)
		e = db_step(*stmt, &row);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err db_run(sqlite3 *db, const char *sql, const char *form, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	va_start(args, form);
	enum err e = query(db, &stmt, sql, form, args);
	va_end(args);
	bool row = e == ERR_OK;
	while (row && e == ERR_OK)
		e = db_step(stmt, &row);
	sqlite3_finalize(stmt);
	return e;
}

enum err db_step(sqlite3_stmt *stmt, bool *row)
{
	int rc = sqlite3_step(stmt);
	*row = rc == SQLITE_ROW;
	return db_error(sqlite3_db_handle(stmt), rc);
}

enum err db_number(sqlite3 *db, const char *sql, int64_t none, int64_t *out)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(db, &stmt, sql, "");
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK)
		*out = row && sqlite3_column_type(stmt, 0) != SQLITE_NULL ? sqlite3_column_int64(stmt, 0) : none;
	sqlite3_finalize(stmt);
	return e;
}

enum err db_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);
	if (!text) {
		out[0] = '\0';
		return ERR_OK;
	}
	if (len >= size || strlen(text) != len)
		return ERR_CORRUPT;
	memcpy(out, text, len + 1);
	return ERR_OK;
}

enum err db_blob(sqlite3_stmt *stmt, int column, void *out, size_t size)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	if (!bytes || (size_t)sqlite3_column_bytes(stmt, column) != size)
		return ERR_CORRUPT;
	memcpy(out, bytes, size);
	return ERR_OK;
}

enum err state_number(struct store *store, const char *key, int64_t none, int64_t *out)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(store->db, &stmt, "SELECT value FROM state WHERE key = ?", "s", key);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK)
		*out = row ? sqlite3_column_int64(stmt, 0) : none;
	sqlite3_finalize(stmt);
	return e;
}

enum err state_text(struct store *store, const char *key, char *out, size_t size)
{
	sqlite3_stmt *stmt;
	bool row = false;
	out[0] = '\0';
	enum err e = db_query(store->db, &stmt, "SELECT value FROM state WHERE key = ?", "s", key);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row)
		e = db_text(stmt, 0, out, size);
	sqlite3_finalize(stmt);
	return e;
}

enum err state_set_number(struct store *store, const char *key, int64_t value)
{
	return db_run(store->db, "INSERT OR REPLACE INTO state(key, value) VALUES(?, ?)", "si", key, value);
}

enum err state_set_text(struct store *store, const char *key, const char *value)
{
	return db_run(store->db, "INSERT OR REPLACE INTO state(key, value) VALUES(?, ?)", "ss", key, value);
}

enum err rows_grow(void **rows, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return ERR_OK;
	size_t more = *room ? *room * 2 : 64;
	void *fresh = realloc(*rows, more * size);
	if (!fresh)
		return ERR_NOMEM;
	*rows = fresh;
	*room = more;
	return ERR_OK;
}

enum err rows_read(sqlite3_stmt *stmt, rows_take *take, void *arg, size_t size, void **rows, size_t *count)
{
	void *got = NULL;
	size_t n = 0, room = 0;
	bool row = false;
	enum err e;
	while ((e = db_step(stmt, &row)) == ERR_OK && row) {
		e = rows_grow(&got, n, &room, size);
		if (e == ERR_OK)
			e = take(stmt, (char *)got + n * size, arg);
		n += e == ERR_OK;
		if (e != ERR_OK && e != ERR_NOT_FOUND)
			break;
	}
	sqlite3_finalize(stmt);
	if (e != ERR_OK) {
		free(got);
		return e;
	}
	*rows = got;
	*count = n;
	return ERR_OK;
}
