/* backup.c: copies of the folder, and the folder from a copy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/civil.h"
#include "model/str.h"
#include "store/store_admin.h"
#include "store/store_internal.h"

struct copying { char from[PATH_SIZE], to[PATH_SIZE]; };

static enum err copy_one(void *ctx, const char *name)
{
	struct copying *c = ctx;
	char from[PATH_SIZE], to[PATH_SIZE];
	size_t len = strlen(name);
	if (len > 4 && strcmp(name + len - 4, ".tmp") == 0)
		return ERR_OK; /* of a write that is going on, or was cut off */
	enum err e = path_join(from, c->from, name);
	if (e == ERR_OK)
		e = path_join(to, c->to, name);
	if (e == ERR_OK)
		e = file_copy(from, to);
	return e == ERR_NOT_FOUND ? ERR_OK : e; /* a stray was just removed */
}

static enum err copy_folder(const char *from_dir, const char *to_dir, const char *name)
{
	struct copying c;
	enum err e = path_join(c.from, from_dir, name);
	if (e == ERR_OK)
		e = path_join(c.to, to_dir, name);
	if (e == ERR_OK)
		e = dir_make(c.to);
	if (e == ERR_OK)
		e = dir_each(c.from, copy_one, &c);
	return e == ERR_OK ? dir_sync(c.to) : e;
}

static enum err part_path(const char *path, char part[PATH_SIZE])
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	int n = snprintf(part, PATH_SIZE, "%.*s.part", (int)len, path);
	return n > 0 && n < PATH_SIZE ? ERR_OK : ERR_TOO_LONG;
}

enum err store_backup(struct store *store, const char *to_dir)
{
	char part[PATH_SIZE], db[PATH_SIZE];
	enum err e = part_path(to_dir, part);
	if (e != ERR_OK)
		return e;
	dir_remove(part);
	e = dir_make(part);
	if (e == ERR_OK)
		e = path_join(db, part, "kiosk.db");
	/* The database first: every blob that it names was durable before its row was. */
	if (e == ERR_OK)
		e = db_backup_to(store->db, db);
	if (e == ERR_OK)
		e = copy_folder(store->dir, part, "keys");
	if (e == ERR_OK)
		e = copy_folder(store->dir, part, "blobs");
	if (e == ERR_OK)
		e = dir_sync(part);
	/* Takes the place of nothing, or of an empty folder. */
	if (e == ERR_OK && rename(part, to_dir) != 0)
		e = err_of_errno(errno);
	if (e != ERR_OK)
		dir_remove(part);
	return e;
}

static enum err note_restore(struct store *s, const char *from)
{
	uint8_t digest[DIGEST_BYTES];
	digest_of(from, strlen(from), digest);
	enum err e = tx_begin(s);
	if (e == ERR_OK)
		e = tx_note_digest(s, "restore", from, digest);
	if (e == ERR_OK)
		e = tx_commit(s, "restored");
	tx_rollback(s);
	return e;
}

enum err store_restore(const char *from_dir, const char *dir)
{
	static const char fresh[] = "kiosk.db.new";
	char from[PATH_SIZE], to[PATH_SIZE], temp[PATH_SIZE], folder[PATH_SIZE];
	struct store *s = NULL;
	if (sodium_init() < 0)
		return ERR_IO;
	enum err e = path_join(from, from_dir, "kiosk.db");
	if (e == ERR_OK)
		e = path_join(to, dir, "kiosk.db");
	if (e == ERR_OK)
		e = path_join(temp, dir, fresh);
	if (e == ERR_OK && file_exists(to))
		e = ERR_EXISTS;
	if (e == ERR_OK && !file_exists(from))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = dir_make(dir);
	if (e == ERR_OK)
		e = copy_folder(from_dir, dir, "keys");
	if (e == ERR_OK)
		e = copy_folder(from_dir, dir, "blobs");
	for (int i = 0; e == ERR_OK && i < 2; i++) {
		e = path_join(folder, dir, i ? "run" : "backup");
		if (e == ERR_OK)
			e = dir_make(folder);
	}
	if (e == ERR_OK)
		e = file_copy(from, temp);
	if (e == ERR_OK)
		e = database_open(dir, fresh, true, &s);
	if (e == ERR_OK)
		e = note_restore(s, from_dir);
	if (s)
		database_close(s);
	if (e == ERR_OK && rename(temp, to) != 0)
		e = err_of_errno(errno);
	if (e != ERR_OK && e != ERR_EXISTS)
		unlink(temp);
	return e == ERR_OK ? dir_sync(dir) : e;
}

/* "daily-0000001234-2026-03-12.db": by the chain's length first, for the clock may have been wrong. */
static bool daily_parse(const char *name, int64_t *link, char day[11])
{
	if (strlen(name) != 30 || strncmp(name, "daily-", 6) != 0 || name[16] != '-' ||
	    strcmp(name + 27, ".db") != 0)
		return false;
	*link = strtoll(name + 6, NULL, 10);
	memcpy(day, name + 17, 10);
	day[10] = '\0';
	return true;
}

enum { DAILY_KEPT = 7 };

struct dailies { const char *today; bool done; size_t count; char names[64][32]; };

static enum err see_daily(void *ctx, const char *name)
{
	struct dailies *d = ctx;
	int64_t link;
	char day[11];
	if (!daily_parse(name, &link, day))
		return ERR_OK;
	d->done = d->done || strcmp(day, d->today) == 0;
	if (d->count < sizeof d->names / sizeof d->names[0] &&
	    str_copy(d->names[d->count], sizeof d->names[0], name))
		d->count++;
	return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void drop_old(const char *folder, struct dailies *d)
{
	char path[PATH_SIZE];
	qsort(d->names, d->count, sizeof d->names[0], by_name);
	for (size_t i = 0; i + DAILY_KEPT < d->count; i++)
		if (path_join(path, folder, d->names[i]) == ERR_OK)
			unlink(path);
}

enum err store_backup_daily(struct store *store, int64_t now_ms)
{
	char folder[PATH_SIZE], path[PATH_SIZE], name[32], today[11];
	int64_t link = 0;
	civil_format(civil_from_ms(now_ms).date, today);
	struct dailies d = {.today = today};
	enum err e = path_join(folder, store->dir, "backup");
	if (e == ERR_OK)
		e = dir_make(folder);
	if (e == ERR_OK)
		e = dir_each(folder, see_daily, &d);
	if (e != ERR_OK || d.done)
		return e;
	e = db_number(store->db, "SELECT max(seq) FROM audit", 0, &link);
	if (e != ERR_OK)
		return e;
	snprintf(name, sizeof name, "daily-%010u-%s.db", (unsigned)link, today);
	e = path_join(path, folder, name);
	if (e == ERR_OK)
		e = db_backup_to(store->db, path);
	if (e == ERR_OK)
		e = dir_sync(folder);
	if (e != ERR_OK)
		return e;
	d.count = 0;
	e = dir_each(folder, see_daily, &d);
	if (e == ERR_OK)
		drop_old(folder, &d);
	return e;
}
