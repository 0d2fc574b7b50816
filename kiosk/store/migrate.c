/* migrate.c: one connection to a database file, its schema, and its copy. */
#include <stdio.h>
#include <string.h>

#include "store/store_internal.h"

enum { BUSY_TIMEOUT_MS = 5000 };

int store_schema_newest(void)
{
	int n = 0;
	while (store_migrations[n])
		n++;
	return n;
}

int store_schema(struct store *store)
{
	int64_t v = 0;
	return db_number(store->db, "PRAGMA user_version", 0, &v) == ERR_OK ? (int)v : 0;
}

enum err db_open(const char *path, int flags, sqlite3 **db)
{
	sqlite3 *got = NULL;
	int rc = sqlite3_open_v2(path, &got, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	enum err e = got ? db_error(got, rc) : ERR_NOMEM;
	if (e == ERR_OK) {
		sqlite3_busy_timeout(got, BUSY_TIMEOUT_MS);
		sqlite3_db_config(got, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(got, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		e = db_exec(got, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
		                 "PRAGMA temp_store=MEMORY;");
	}
	if (e != ERR_OK) {
		sqlite3_close(got);
		return e;
	}
	*db = got;
	return ERR_OK;
}

enum err db_check(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(db, &stmt, "PRAGMA quick_check(1)", "");
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK) {
		const char *text = row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
		e = text && strcmp(text, "ok") == 0 ? ERR_OK : ERR_CORRUPT;
	}
	sqlite3_finalize(stmt);
	return e;
}

enum err db_backup_to(sqlite3 *db, const char *path)
{
	char temp[PATH_SIZE];
	int n = snprintf(temp, sizeof temp, "%s.part", path); /* file_copy has .tmp */
	if (n <= 0 || n >= PATH_SIZE)
		return ERR_TOO_LONG;
	remove(temp);
	sqlite3 *to = NULL;
	enum err e = db_open(temp, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to);
	if (e != ERR_OK)
		return e;
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", db, "main");
	int rc = copy ? sqlite3_backup_step(copy, -1) : sqlite3_errcode(to);
	if (copy)
		sqlite3_backup_finish(copy);
	e = rc == SQLITE_DONE ? ERR_OK : db_error(to, rc == SQLITE_OK ? SQLITE_IOERR : rc);
	if (e == ERR_OK)
		e = db_check(to);
	/* One plain file without a journal beside it, so that a copy of it is whole. */
	if (e == ERR_OK)
		e = db_exec(to, "PRAGMA journal_mode=DELETE");
	if (sqlite3_close(to) != SQLITE_OK && e == ERR_OK)
		e = ERR_IO;
	if (e == ERR_OK)
		e = file_copy(temp, path);
	remove(temp);
	return e;
}

static enum err migrate_one(sqlite3 *db, const char *sql, int to)
{
	char set[64];
	snprintf(set, sizeof set, "PRAGMA user_version=%d", to);
	enum err e = db_exec(db, sql);
	return e == ERR_OK ? db_exec(db, set) : e;
}

enum err db_migrate(sqlite3 *db, const char *const *migrations, int to, const char *backup)
{
	int64_t at = 0;
	enum err e = db_number(db, "PRAGMA user_version", 0, &at);
	if (e != ERR_OK || at == to)
		return e;
	if (at > to)
		return ERR_NEWER;
	if (at > 0 && backup)
		e = db_backup_to(db, backup);
	if (e == ERR_OK)
		e = db_exec(db, "BEGIN EXCLUSIVE");
	if (e != ERR_OK)
		return e;
	/* Another program may have migrated while this one waited for the lock. */
	e = db_number(db, "PRAGMA user_version", 0, &at);
	for (int i = (int)at; e == ERR_OK && i < to; i++)
		e = migrate_one(db, migrations[i], i + 1);
	if (e == ERR_OK)
		e = db_exec(db, "COMMIT");
	if (e != ERR_OK && !sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return e;
}
