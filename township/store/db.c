#include "township/store/db.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char *const township_migrations[];

enum err db_err(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return ERR_OK;
	case SQLITE_NOMEM: return ERR_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return ERR_BUSY;
	case SQLITE_FULL: return ERR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return ERR_CORRUPT;
	case SQLITE_TOOBIG: return ERR_TOO_LONG;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ? ERR_EXISTS
		                                                                            : ERR_INVALID;
	default: return ERR_IO;
	}
}

static enum err prepare(struct town_store *store, sqlite3_stmt **stmt, const char *sql)
{
	for (size_t i = 0; i < store->cached; i++) {
		if (store->cache[i].sql == sql) {
			*stmt = store->cache[i].stmt;
			sqlite3_reset(*stmt);
			sqlite3_clear_bindings(*stmt);
			return ERR_OK;
		}
	}
	if (store->cached == DB_CACHE)
		return ERR_NOMEM;
	int rc = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (rc != SQLITE_OK) {
		fprintf(stderr, "township: database: %s\n", sqlite3_errmsg(store->db));
		return db_err(rc);
	}
	store->cache[store->cached].sql = sql;
	store->cache[store->cached++].stmt = *stmt;
	return ERR_OK;
}

static enum err bind_all(sqlite3_stmt *stmt, const char *types, va_list args)
{
	int rc = SQLITE_OK;
	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		switch (*types) {
		case 't': rc = sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT); break;
		case 'i': rc = sqlite3_bind_int64(stmt, i, va_arg(args, int64_t)); break;
		case 'd': rc = sqlite3_bind_int(stmt, i, va_arg(args, int)); break;
		case 'b': {
			const void *bytes = va_arg(args, const void *);
			size_t len = va_arg(args, size_t);
			if (bytes)
				rc = sqlite3_bind_blob64(stmt, i, bytes, len, SQLITE_TRANSIENT);
			break;
		}
		default: return ERR_INVALID;
		}
	}
	return db_err(rc);
}

static enum err query(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types, va_list args)
{
	enum err e = prepare(store, stmt, sql);
	return e ? e : bind_all(*stmt, types, args);
}

static enum err one(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types, va_list args)
{
	enum err e = query(store, stmt, sql, types, args);
	return e ? e : db_step(*stmt);
}

enum err db_query(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum err e = query(store, stmt, sql, types, args);
	va_end(args);
	return e;
}

enum err db_one(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	enum err e = one(store, stmt, sql, types, args);
	va_end(args);
	return e;
}

enum err db_one_number(struct town_store *store, int64_t *out, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	va_start(args, types);
	enum err e = one(store, &stmt, sql, types, args);
	va_end(args);
	if (e)
		return e;
	*out = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err db_one_text(struct town_store *store, char *out, size_t size, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	va_start(args, types);
	enum err e = one(store, &stmt, sql, types, args);
	va_end(args);
	if (e)
		return e;
	db_text(stmt, 0, out, size);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err db_list(sqlite3_stmt *stmt, json_t *(*row)(sqlite3_stmt *stmt), json_t **list)
{
	json_t *rows = json_array();
	enum err e;
	while (!(e = db_step(stmt))) {
		json_t *item = row(stmt);
		if (!item || json_array_append_new(rows, item)) {
			e = ERR_NOMEM;
			break;
		}
	}
	sqlite3_reset(stmt);
	if (e != ERR_NOT_FOUND) {
		json_decref(rows);
		return e;
	}
	*list = rows;
	return ERR_OK;
}

enum err db_step(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return ERR_OK;
	enum err e =
		rc == SQLITE_DONE ? ERR_NOT_FOUND : db_err(sqlite3_extended_errcode(sqlite3_db_handle(stmt)));
	sqlite3_reset(stmt);
	return e;
}

enum err db_run(struct town_store *store, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	va_start(args, types);
	enum err e = one(store, &stmt, sql, types, args);
	va_end(args);
	if (!e)
		sqlite3_reset(stmt);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

void db_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	size_t len = text ? strlen(text) : 0;
	if (len >= size)
		len = size - 1;
	if (text)
		memcpy(out, text, len);
	out[len] = '\0';
}

enum err db_blob(sqlite3_stmt *stmt, int column, uint8_t **out, size_t *len)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	*len = (size_t)sqlite3_column_bytes(stmt, column);
	*out = NULL;
	if (!bytes)
		return ERR_OK;
	*out = malloc(*len);
	if (!*out)
		return ERR_NOMEM;
	memcpy(*out, bytes, *len);
	return ERR_OK;
}

enum err db_bytes(sqlite3_stmt *stmt, int column, uint8_t *out, size_t len)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	if (!bytes || (size_t)sqlite3_column_bytes(stmt, column) != len)
		return ERR_CORRUPT;
	memcpy(out, bytes, len);
	return ERR_OK;
}

static enum err exec(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		fprintf(stderr, "township: database: %s\n", sqlite3_errmsg(db));
	return db_err(rc);
}

static enum err schema_version(sqlite3 *db, int *version)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(stmt);
		*version = sqlite3_column_int(stmt, 0);
		sqlite3_finalize(stmt);
	}
	return db_err(rc);
}

static enum err migrate(sqlite3 *db)
{
	int have = 0, newest = 0;
	enum err e = schema_version(db, &have);
	if (e)
		return e;
	while (township_migrations[newest])
		newest++;
	if (have > newest)
		return ERR_NEWER;
	for (int i = have; i < newest && !e; i++) {
		char pragma[64];
		snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d; COMMIT", i + 1);
		e = exec(db, "BEGIN IMMEDIATE");
		if (!e)
			e = exec(db, township_migrations[i]);
		if (!e)
			e = exec(db, pragma);
	}
	return e;
}

enum err town_open(const char *dir, bool create, struct town_store **store)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s/township.db", dir) >= (int)sizeof path)
		return ERR_TOO_LONG;
	struct stat st;
	bool there = stat(path, &st) == 0;
	if (there == create)
		return create ? ERR_EXISTS : ERR_NOT_FOUND;
	if (create) {
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0)
			return ERR_IO;
		close(fd);
	}
	struct town_store *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	enum err e = db_err(sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
	if (!e) {
		sqlite3_extended_result_codes(s->db, 1);
		sqlite3_busy_timeout(s->db, 5000);
		e = exec(s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		                "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -48000; PRAGMA wal_autocheckpoint = 8000");
	}
	if (!e)
		e = migrate(s->db);
	if (!e)
		e = db_hits_function(s);
	if (e) {
		town_close(s);
		return e;
	}
	*store = s;
	return ERR_OK;
}

void town_close(struct town_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->cached; i++)
		sqlite3_finalize(store->cache[i].stmt);
	sqlite3_close(store->db);
	free(store);
}

enum err town_begin(struct town_store *store)
{
	return db_run(store, "BEGIN IMMEDIATE", "");
}

enum err town_commit(struct town_store *store)
{
	return db_run(store, "COMMIT", "");
}

void town_rollback(struct town_store *store)
{
	if (!sqlite3_get_autocommit(store->db) && db_run(store, "ROLLBACK", ""))
		fprintf(stderr, "township: database: rollback failed: %s\n", sqlite3_errmsg(store->db));
}

enum err town_end(struct town_store *store, enum err e)
{
	if (!e)
		e = town_commit(store);
	if (e)
		town_rollback(store);
	return e;
}

enum err town_meta_get(struct town_store *store, const char *key, void *out, size_t *len)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT value FROM meta WHERE key = ?", "t", key);
	if (e)
		return e;
	const void *bytes = sqlite3_column_blob(stmt, 0);
	size_t have = (size_t)sqlite3_column_bytes(stmt, 0);
	if (have > *len)
		e = ERR_TOO_LONG;
	else if (have)
		memcpy(out, bytes, have);
	*len = have;
	sqlite3_reset(stmt);
	return e;
}

enum err town_meta_put(struct town_store *store, const char *key, const void *value, size_t len)
{
	return db_run(store, "INSERT INTO meta(key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
	              "tb", key, value, len);
}
