/* open.c: making, opening and closing the folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/store_internal.h"

static int64_t wall_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Looks at the file's first bytes (https://www.sqlite.org/fileformat.html, 1.3) before SQLite touches it: a
 * database of a newer program must be left as it is. */
static enum err peek(const char *path)
{
	enum { HEADER = 100, USER_VERSION_AT = 60, APPLICATION_ID_AT = 68 };
	uint8_t header[HEADER];
	sqlite3_file *file = NULL;
	sqlite3 *db = NULL;
	/* Through SQLite's own handle: closing another one would drop every lock that this process has on the file
	 * (fcntl(2)), and the next program to leave would take the journal away from under it. */
	enum err e = file_exists(path) ? ERR_OK : ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = db_error(db, sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
	if (e == ERR_OK)
		e = db_error(db, sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file));
	if (e == ERR_OK && (!file || !file->pMethods))
		e = ERR_IO;
	if (e == ERR_OK) {
		int got = file->pMethods->xRead(file, header, sizeof header, 0);
		e = got == SQLITE_IOERR_SHORT_READ ? ERR_CORRUPT : db_error(db, got);
	}
	sqlite3_close(db);
	if (e != ERR_OK)
		return e;
	if (memcmp(header, "SQLite format 3", 16) != 0 ||
	    big_endian(header + APPLICATION_ID_AT) != STORE_APPLICATION_ID)
		return ERR_CORRUPT;
	return big_endian(header + USER_VERSION_AT) > (uint32_t)store_schema_newest() ? ERR_NEWER : ERR_OK;
}

static enum err new_store(const char *dir, const char *name, struct store **out)
{
	struct store *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->lock_fd = -1;
	s->now_ms = wall_ms;
	int n = snprintf(s->dir, sizeof s->dir, "%s", dir);
	enum err e = n > 0 && n < PATH_SIZE ? path_join(s->path, dir, name) : ERR_TOO_LONG;
	if (e == ERR_OK)
		e = keys_load(s);
	if (e != ERR_OK) {
		database_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

static enum err remember_file(struct store *s)
{
	struct stat st;
	if (stat(s->path, &st) != 0)
		return err_of_errno(errno);
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return ERR_OK;
}

void database_close(struct store *store)
{
	sqlite3_close(store->db);
	sodium_free(store->sign_secret);
	free(store);
}

static enum err write_first_link(struct store *s, const char *kind)
{
	uint8_t salt[SLIP_SALT_BYTES];
	randombytes_buf(salt, sizeof salt);
	enum err e = tx_begin(s);
	if (e == ERR_OK)
		e = db_run(s->db, "INSERT INTO identity(key, value) VALUES('sign_public', ?), ('slip_salt', ?)", "bb",
		           (const void *)s->sign_public, (size_t)SIGN_PUBLIC_BYTES, (const void *)salt, sizeof salt);
	if (e == ERR_OK)
		e = tx_note(s, "identity", "sign_public");
	if (e == ERR_OK)
		e = tx_note(s, "identity", "slip_salt");
	if (e == ERR_OK)
		e = tx_commit(s, kind);
	tx_rollback(s);
	return e;
}

enum err database_create(const char *dir, const char *name, const char *kind)
{
	struct store *s;
	char set[96];
	enum err e = new_store(dir, name, &s);
	if (e != ERR_OK)
		return e;
	snprintf(set, sizeof set, "PRAGMA application_id=%d; PRAGMA journal_mode=WAL;", STORE_APPLICATION_ID);
	unlink(s->path);
	e = db_open(s->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &s->db);
	if (e == ERR_OK && chmod(s->path, 0600) != 0)
		e = err_of_errno(errno);
	if (e == ERR_OK)
		e = remember_file(s);
	if (e == ERR_OK)
		e = db_exec(s->db, set);
	if (e == ERR_OK)
		e = db_migrate(s->db, store_migrations, store_schema_newest(), NULL);
	if (e == ERR_OK)
		e = write_first_link(s, kind);
	if (e == ERR_OK)
		e = db_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)");
	char path[PATH_SIZE];
	memcpy(path, s->path, sizeof path);
	database_close(s);
	if (e != ERR_OK)
		unlink(path);
	return e;
}

enum err store_create(const char *dir)
{
	static const char *const folders[] = {"keys", "blobs", "backup", "run"};
	char path[PATH_SIZE], temp[PATH_SIZE];
	uint8_t public_key[SIGN_PUBLIC_BYTES];
	if (sodium_init() < 0)
		return ERR_IO;
	enum err e = path_join(path, dir, "kiosk.db");
	if (e == ERR_OK)
		e = path_join(temp, dir, "kiosk.db.new");
	if (e == ERR_OK && file_exists(path))
		e = ERR_EXISTS;
	for (size_t i = 0; e == ERR_OK && i < sizeof folders / sizeof folders[0]; i++) {
		char folder[PATH_SIZE];
		e = path_join(folder, dir, folders[i]);
		if (e == ERR_OK)
			e = dir_make(folder);
	}
	if (e == ERR_OK)
		e = keys_make(dir, public_key);
	if (e == ERR_OK)
		e = database_create(dir, "kiosk.db.new", "created");
	if (e == ERR_OK && rename(temp, path) != 0)
		e = err_of_errno(errno);
	return e == ERR_OK ? dir_sync(dir) : e;
}

/* A copy of an older schema goes to DIR/backup/schema-OLD-LINK.db. */
static enum err migrate_in(struct store *s, const char *folder)
{
	char name[96], path[PATH_SIZE];
	int64_t at = 0, link = 0;
	enum err e = db_number(s->db, "PRAGMA user_version", 0, &at);
	if (e != ERR_OK || at == store_schema_newest())
		return e; /* another program has done it meanwhile */
	e = db_number(s->db, "SELECT max(seq) FROM audit", 0, &link);
	snprintf(name, sizeof name, "schema-%lld-%010lld.db", (long long)at, (long long)link);
	if (e == ERR_OK)
		e = path_join(path, folder, name);
	if (e == ERR_OK)
		e = db_migrate(s->db, store_migrations, store_schema_newest(), path);
	return e == ERR_OK ? dir_sync(folder) : e;
}

/* Kiosk, sync and an operator may all meet the older schema at once after an update: one of them makes the copy, the others wait. */
static enum err migrate(struct store *s)
{
	char folder[PATH_SIZE];
	int64_t at = 0;
	enum err e = db_number(s->db, "PRAGMA user_version", 0, &at);
	if (e != ERR_OK || at == store_schema_newest())
		return e;
	if (at == 0)
		return ERR_CORRUPT; /* ours by its mark, but without a schema: never so after store_create */
	if (at > store_schema_newest())
		return ERR_NEWER;
	e = path_join(folder, s->dir, "backup");
	if (e == ERR_OK)
		e = dir_make(folder);
	if (e != ERR_OK)
		return e;
	int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return err_of_errno(errno);
	e = flock(lock, LOCK_EX) == 0 ? migrate_in(s, folder) : err_of_errno(errno);
	close(lock);
	return e;
}

static enum err check_key(struct store *s)
{
	sqlite3_stmt *stmt;
	bool row = false;
	uint8_t known[SIGN_PUBLIC_BYTES];
	enum err e = db_query(s->db, &stmt, "SELECT value FROM identity WHERE key = 'sign_public'", "");
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK)
		e = row ? db_blob(stmt, 0, known, sizeof known) : ERR_CORRUPT;
	if (e == ERR_OK && memcmp(known, s->sign_public, sizeof known) != 0)
		e = ERR_CORRUPT;
	sqlite3_finalize(stmt);
	return e;
}

enum err database_open(const char *dir, const char *name, bool check, struct store **store)
{
	char path[PATH_SIZE];
	struct store *s;
	enum err e = path_join(path, dir, name);
	if (e == ERR_OK)
		e = peek(path);
	if (e == ERR_OK)
		e = new_store(dir, name, &s);
	if (e != ERR_OK)
		return e;
	e = db_open(path, SQLITE_OPEN_READWRITE, &s->db);
	if (e == ERR_OK)
		e = remember_file(s);
	int64_t version = 0;
	if (e == ERR_OK)
		e = db_number(s->db, "PRAGMA user_version", 0, &version); /* the header may be older than its WAL */
	if (e == ERR_OK && version > store_schema_newest()) {
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		e = ERR_NEWER;
	}
	if (e == ERR_OK)
		e = db_exec(s->db, "PRAGMA journal_mode=WAL");
	if (e == ERR_OK && check)
		e = db_check(s->db);
	if (e == ERR_OK)
		e = migrate(s);
	if (e == ERR_OK)
		e = check_key(s);
	if (e != ERR_OK) {
		database_close(s);
		return e;
	}
	*store = s;
	return ERR_OK;
}

static enum err take_lock(const char *dir, int *fd)
{
	char path[PATH_SIZE];
	enum err e = path_join(path, dir, "kiosk.lock");
	if (e != ERR_OK)
		return e;
	int got = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (got < 0)
		return err_of_errno(errno);
	if (flock(got, LOCK_EX | LOCK_NB) != 0) {
		e = err_of_errno(errno);
		close(got);
		return e;
	}
	*fd = got;
	return ERR_OK;
}

/* The mark stands while the owner runs: found at the next start, the last one ended without store_close. It
 * is not synced: a power cut in its first seconds leaves a journal, which SQLite checks by itself. */
static enum err mark_path(const char *dir, char path[PATH_SIZE])
{
	return path_join(path, dir, "run/kiosk.running");
}

/* Going without it on a full disk is better than not starting. */
static void make_mark(const char *dir, const char *mark)
{
	char folder[PATH_SIZE];
	if (path_join(folder, dir, "run") != ERR_OK || dir_make(folder) != ERR_OK)
		return;
	int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static enum err drop_stray_blob(void *ctx, const char *name)
{
	struct store *s = ctx;
	char path[PATH_SIZE], relative[PATH_SIZE];
	sqlite3_stmt *stmt;
	bool known = false;
	enum err e = path_join(relative, "blobs", name);
	if (e == ERR_OK)
		e = path_join(path, s->dir, relative);
	if (e != ERR_OK)
		return ERR_OK;
	e = db_query(s->db, &stmt, "SELECT 1 FROM blobs WHERE sha256 = ?", "s", name);
	if (e == ERR_OK)
		e = db_step(stmt, &known);
	sqlite3_finalize(stmt);
	if (e == ERR_OK && !known)
		unlink(path);
	return e;
}

/* What a submission had written when the power went, before it could commit. */
static enum err drop_stray_blobs(struct store *s)
{
	char folder[PATH_SIZE];
	enum err e = path_join(folder, s->dir, "blobs");
	return e == ERR_OK ? dir_each(folder, drop_stray_blob, s) : e;
}

enum err store_open(const char *dir, unsigned flags, struct store **store, struct store_recovery *recovery)
{
	struct store_recovery unasked, *told = recovery ? recovery : &unasked;
	char mark[PATH_SIZE], path[PATH_SIZE];
	int lock_fd = -1;
	struct store *s = NULL;
	memset(told, 0, sizeof *told);
	if (sodium_init() < 0)
		return ERR_IO;
	enum err e = mark_path(dir, mark);
	if (e == ERR_OK)
		e = path_join(path, dir, "kiosk.db");
	if (e == ERR_OK && !file_exists(path))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK && flags & STORE_OWNER)
		e = take_lock(dir, &lock_fd);
	if (e != ERR_OK)
		return e;
	bool unclean = flags & STORE_OWNER && file_exists(mark);
	told->unclean = unclean;
	e = database_open(dir, "kiosk.db", unclean, &s);
	if (e == ERR_CORRUPT && flags & STORE_RECOVER) {
		e = lock_fd >= 0 ? ERR_OK : take_lock(dir, &lock_fd);
		if (e == ERR_OK)
			e = recover(dir, told);
		if (e == ERR_OK)
			e = database_open(dir, "kiosk.db", false, &s);
	}
	if (e == ERR_OK && unclean)
		e = drop_stray_blobs(s);
	if (e == ERR_OK)
		(void)!changes_retry(s); /* what cannot be written now waits for the next opening */
	if (e == ERR_OK && flags & STORE_OWNER)
		make_mark(dir, mark);
	if (e != ERR_OK || !(flags & STORE_OWNER)) {
		if (lock_fd >= 0)
			close(lock_fd);
		lock_fd = -1;
	}
	if (e != ERR_OK) {
		if (s)
			database_close(s);
		return e;
	}
	s->lock_fd = lock_fd;
	*store = s;
	return ERR_OK;
}

void store_close(struct store *store)
{
	char mark[PATH_SIZE];
	if (!store)
		return;
	tx_rollback(store);
	int lock_fd = store->lock_fd;
	if (lock_fd >= 0 && mark_path(store->dir, mark) == ERR_OK)
		unlink(mark);
	database_close(store);
	if (lock_fd >= 0)
		close(lock_fd);
}

int64_t store_version(struct store *store)
{
	int64_t seen = store->data_version;
	if (db_number(store->db, "PRAGMA data_version", 0, &seen) == ERR_OK && seen != store->data_version) {
		store->data_version = seen;
		store->version++;
	}
	return store->version;
}
