/* Copies of the whole database. */
#include "township/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "township/store/db.h"

static enum err file_sync(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	enum err e = fsync(fd) == 0 ? ERR_OK : errno == ENOSPC ? ERR_FULL : ERR_IO;
	close(fd);
	return e;
}

/* In one step: it then reads one snapshot of the write-ahead log, and whatever others commit meanwhile neither waits for it
 * nor makes it begin again. */
static enum err copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return db_err(sqlite3_errcode(to));
	int rc = sqlite3_backup_step(backup, -1);
	int end = sqlite3_backup_finish(backup);
	if (rc != SQLITE_DONE)
		return rc == SQLITE_OK ? ERR_IO : db_err(rc);
	/* One file, without a log beside it. */
	return end != SQLITE_OK ? db_err(end) : db_err(sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL));
}

enum err town_copy_to(struct town_store *store, const char *path)
{
	sqlite3 *to = NULL;
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST ? ERR_EXISTS : errno == ENOSPC ? ERR_FULL : ERR_IO;
	close(fd);
	enum err e = db_err(sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL));
	if (!e)
		e = copy_pages(store->db, to);
	if (sqlite3_close(to) != SQLITE_OK && !e)
		e = ERR_IO;
	if (!e)
		e = file_sync(path);
	if (e)
		unlink(path);
	return e;
}

enum err town_sound(struct town_store *store, char what[256])
{
	sqlite3_stmt *stmt;
	char table[64];
	enum err e = db_one_text(store, what, 256, "PRAGMA integrity_check(1)", "");
	if (e)
		return e;
	if (strcmp(what, "ok") != 0)
		return ERR_CORRUPT;
	what[0] = '\0';
	e = db_one(store, &stmt, "PRAGMA foreign_key_check", "");
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	db_text(stmt, 0, table, sizeof table);
	snprintf(what, 256, "a row of %s refers to one that is not there", table);
	sqlite3_reset(stmt);
	return ERR_CORRUPT;
}

enum err town_schema(struct town_store *store, int64_t *version)
{
	return db_one_number(store, version, "PRAGMA user_version", "");
}

enum err town_blobs_each(struct town_store *store, enum err (*each)(void *arg, const char *sha256, int64_t size), void *arg)
{
	sqlite3_stmt *stmt;
	char sha256[72];
	enum err e = db_query(store, &stmt, "SELECT sha256, size FROM blobs ORDER BY sha256", "");
	if (e)
		return e;
	while (!(e = db_step(stmt))) {
		db_text(stmt, 0, sha256, sizeof sha256);
		e = each(arg, sha256, sqlite3_column_int64(stmt, 1));
		if (e) {
			sqlite3_reset(stmt);
			return e;
		}
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err meta_text(struct town_store *store, const char *key, const char *text)
{
	return town_meta_put(store, key, text, strlen(text));
}

/* The stream's cursors, moved as they are to begin above `base`. */
static enum err move_cursors(struct town_store *store, int64_t base)
{
	enum err e = db_run(store,
	                    "UPDATE changes SET cursor = cursor + ?1 - (SELECT min(cursor) FROM changes) + 1", "i", base);
	if (!e)
		e = db_run(store, "DELETE FROM sqlite_sequence WHERE name = 'changes'", "");
	return e ? e
	         : db_run(store,
	                  "INSERT INTO sqlite_sequence(name, seq)"
	                  " SELECT 'changes', max(?1, coalesce((SELECT max(cursor) FROM changes), 0))",
	                  "i", base);
}

enum err town_mark_restored(struct town_store *store, int64_t now_ms, const char *from)
{
	enum { CURSORS = 1000000000, REVISIONS = 1000000 };
	int64_t newest = 0, rev = 0, floor = 0;
	char text[24] = "";
	size_t len = sizeof text - 1;
	enum err e = town_begin(store);
	if (!e)
		e = db_one_number(store, &newest, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'changes'", "");
	if (!e)
		e = db_one_number(store, &rev, "SELECT coalesce(max(rev), 0) FROM cases", "");
	if (!e && (e = town_meta_get(store, "rev_floor", text, &len)) == ERR_NOT_FOUND)
		e = ERR_OK;
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		floor = floor * 10 + (*p - '0');
	floor = (floor > rev ? floor : rev) + REVISIONS;
	snprintf(text, sizeof text, "%lld", (long long)(now_ms > floor ? now_ms : floor));
	if (!e)
		e = move_cursors(store, now_ms > newest + CURSORS ? now_ms : newest + CURSORS);
	if (!e)
		e = meta_text(store, "rev_floor", text);
	if (!e)
		e = meta_text(store, "restored_from", from);
	if (!e)
		e = db_run(store, "DELETE FROM sessions", "");
	return town_end(store, e);
}
