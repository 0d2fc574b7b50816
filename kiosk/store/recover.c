/* recover.c: a corrupt database is set aside, and the newest good backup takes its place with whatever of the
 * later events can still be read. The damaged file stays where it is until the new one stands complete beside
 * it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/str.h"
#include "store/store_internal.h"

static const char fresh_name[] = "kiosk.db.new";

/* DIR/damaged-N, the first that is free. */
static enum err aside_folder(const char *dir, char folder[PATH_SIZE])
{
	for (int n = 1; n < 1000; n++) {
		char name[32];
		snprintf(name, sizeof name, "damaged-%d", n);
		enum err e = path_join(folder, dir, name);
		if (e != ERR_OK)
			return e;
		if (mkdir(folder, 0700) == 0)
			return ERR_OK;
		if (errno != EEXIST)
			return err_of_errno(errno);
	}
	return ERR_FULL;
}

static enum err keep_aside(const char *dir, struct store_recovery *recovery)
{
	static const char *const names[] = {"kiosk.db", "kiosk.db-wal"};
	char folder[PATH_SIZE], from[PATH_SIZE], to[PATH_SIZE];
	enum err e = aside_folder(dir, folder);
	for (int i = 0; e == ERR_OK && i < 2; i++) {
		e = path_join(from, dir, names[i]);
		if (e == ERR_OK)
			e = path_join(to, folder, names[i]);
		if (e == ERR_OK && (i == 0 || file_exists(from)))
			e = file_copy(from, to);
	}
	if (e == ERR_OK)
		e = dir_sync(folder);
	return e == ERR_OK ? path_join(recovery->kept_aside, folder, "kiosk.db") : e;
}

struct search { const char *folder; char best[PATH_SIZE]; int64_t best_link; };

/* How far a backup's chain goes; ERR_CORRUPT for one that is no good. */
static enum err backup_link(const char *path, int64_t *link)
{
	sqlite3 *db = NULL;
	int64_t application = 0, version = 0;
	enum err e = db_open(path, SQLITE_OPEN_READONLY, &db);
	if (e != ERR_OK)
		return e;
	e = db_number(db, "PRAGMA application_id", 0, &application);
	if (e == ERR_OK)
		e = db_number(db, "PRAGMA user_version", 0, &version);
	if (e == ERR_OK &&
	    (application != STORE_APPLICATION_ID || version < 1 || version > store_schema_newest()))
		e = ERR_CORRUPT;
	if (e == ERR_OK)
		e = db_check(db);
	if (e == ERR_OK)
		e = db_number(db, "SELECT max(seq) FROM audit", 0, link);
	sqlite3_close(db);
	return e;
}

static enum err see_backup(void *ctx, const char *name)
{
	struct search *s = ctx;
	char path[PATH_SIZE];
	size_t len = strlen(name);
	int64_t link = 0;
	if (len < 4 || strcmp(name + len - 3, ".db") != 0 || path_join(path, s->folder, name) != ERR_OK)
		return ERR_OK;
	if (backup_link(path, &link) == ERR_OK && link > s->best_link) {
		s->best_link = link;
		(void)str_copy(s->best, sizeof s->best, path);
	}
	return ERR_OK;
}

static enum err make_fresh(const char *dir, struct store_recovery *recovery, struct store **store)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	struct search s = {.folder = folder};
	enum err e = path_join(folder, dir, "backup");
	if (e == ERR_OK)
		e = path_join(path, dir, fresh_name);
	if (e == ERR_OK)
		e = dir_each(folder, see_backup, &s);
	if (e != ERR_OK)
		return e;
	e = s.best_link > 0 ? file_copy(s.best, path) : database_create(dir, fresh_name, "created");
	if (e == ERR_OK)
		e = database_open(dir, fresh_name, false, store);
	if (e == ERR_OK)
		(void)str_copy(recovery->backup_used, sizeof recovery->backup_used, s.best);
	return e;
}

static enum err write_link(struct store *s, const char *damaged)
{
	uint8_t digest[DIGEST_BYTES];
	digest_of(damaged, strlen(damaged), digest);
	enum err e = tx_begin(s);
	if (e == ERR_OK)
		e = tx_note_digest(s, "restore", damaged, digest);
	if (e == ERR_OK) {
		salvage(s, damaged);
		e = tx_commit(s, "restored");
	}
	tx_rollback(s);
	return e;
}

enum err recover(const char *dir, struct store_recovery *recovery)
{
	char path[PATH_SIZE], fresh[PATH_SIZE], journal[PATH_SIZE], shared[PATH_SIZE];
	struct store *s = NULL;
	enum err e = path_join(path, dir, "kiosk.db");
	if (e == ERR_OK)
		e = path_join(fresh, dir, fresh_name);
	if (e == ERR_OK)
		e = path_join(journal, dir, "kiosk.db-wal");
	if (e == ERR_OK)
		e = path_join(shared, dir, "kiosk.db-shm");
	if (e == ERR_OK)
		e = keep_aside(dir, recovery);
	if (e == ERR_OK)
		e = make_fresh(dir, recovery, &s);
	if (e == ERR_OK)
		e = write_link(s, recovery->kept_aside);
	if (s)
		database_close(s);
	if (e != ERR_OK) {
		unlink(fresh);
		return e;
	}
	/* The old journal goes first: SQLite would play it into the new file. */
	unlink(journal);
	unlink(shared);
	if (rename(fresh, path) != 0)
		return err_of_errno(errno);
	recovery->happened = true;
	return dir_sync(dir);
}
