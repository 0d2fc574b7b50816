/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* Opening: the lock, newer and older schemas, corruption, backups; and a disk that is full. */
#include "tests/unit/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void db_path(const struct fixture *f, char path[256])
{
	snprintf(path, 256, "%s/kiosk.db", f->dir);
}

static void test_lock(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	assert_int_equal(store_open(f->dir, STORE_OWNER, &second, NULL), ERR_BUSY);
	assert_int_equal(store_open(f->dir, STORE_OWNER | STORE_RECOVER, &second, NULL), ERR_BUSY);
	assert_int_equal(store_open(f->dir, 0, &second, NULL), ERR_OK); /* the sync and kioskctl may */
	store_close(second);
	store_close(f->store);
	fixture_open(f, STORE_OWNER);
	assert_int_equal(store_open("/nonexistent/folder", 0, &second, NULL), ERR_NOT_FOUND);
}

static void test_modes(void **state)
{
	struct fixture *f = *state;
	static const struct { const char *name; mode_t mode;
	} rows[] = {
		{"", 0700},          {"/keys", 0700},  {"/keys/sign.key", 0600}, {"/keys/token", 0600},
		{"/kiosk.db", 0600}, {"/blobs", 0700},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[256];
		struct stat st;
		snprintf(path, sizeof path, "%s%s", f->dir, rows[i].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, rows[i].mode);
	}
}

static uint8_t *read_db(const struct fixture *f, size_t *len)
{
	char path[256];
	uint8_t *bytes;
	db_path(f, path);
	assert_int_equal(file_read(path, 1u << 28, &bytes, len), ERR_OK);
	return bytes;
}

static void write_db(const struct fixture *f, const uint8_t *bytes, size_t len)
{
	char path[256];
	db_path(f, path);
	assert_int_equal(file_write(path, bytes, len), ERR_OK);
}

static void test_newer_is_untouched(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	size_t len, after_len;
	fixture_submitted(f, 1, false);
	store_close(f->store);
	uint8_t *bytes = read_db(f, &len);
	bytes[63] = (uint8_t)(store_schema_newest() + 1); /* the last byte of user_version */
	write_db(f, bytes, len);
	assert_int_equal(store_open(f->dir, STORE_OWNER | STORE_RECOVER, &s, NULL), ERR_NEWER);
	assert_int_equal(store_open(f->dir, 0, &s, NULL), ERR_NEWER);
	uint8_t *after = read_db(f, &after_len);
	assert_int_equal(after_len, len);
	assert_memory_equal(after, bytes, len);
	free(after);
	bytes[63] = (uint8_t)store_schema_newest();
	write_db(f, bytes, len);
	free(bytes);
	fixture_open(f, STORE_OWNER);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 1);
}

/* Every schema there ever was, brought to the newest; and a copy of the older one is kept. */
static void test_migrations(void **state)
{
	struct fixture *f = *state;
	for (int from = 1; from <= store_schema_newest(); from++) {
		char path[256], backup[256];
		sqlite3 *db;
		int64_t version;
		snprintf(path, sizeof path, "%s/old-%d.db", f->root, from);
		snprintf(backup, sizeof backup, "%s/copy-%d.db", f->root, from);
		assert_int_equal(db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db), ERR_OK);
		assert_int_equal(db_migrate(db, store_migrations, from, backup), ERR_OK);
		assert_false(file_exists(backup)); /* an empty one needs no copy */
		assert_int_equal(db_migrate(db, store_migrations, store_schema_newest(), backup), ERR_OK);
		assert_int_equal(file_exists(backup), from < store_schema_newest());
		assert_int_equal(db_number(db, "PRAGMA user_version", 0, &version), ERR_OK);
		assert_int_equal(version, store_schema_newest());
		assert_int_equal(db_check(db), ERR_OK);
		sqlite3_close(db);
	}
}

/* A migration that fails leaves the older schema whole; one that works keeps the data. */
static void test_migration_is_atomic(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"CREATE TABLE a(x); INSERT INTO a VALUES(7);",
	                                  "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1);", NULL};
	static const char *const good[] = {"CREATE TABLE a(x); INSERT INTO a VALUES(7);",
	                                   "ALTER TABLE a ADD COLUMN y DEFAULT 5;", NULL};
	char path[256], backup[256];
	sqlite3 *db, *copy;
	int64_t n;
	snprintf(path, sizeof path, "%s/m.db", f->root);
	snprintf(backup, sizeof backup, "%s/m-backup.db", f->root);
	assert_int_equal(db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db), ERR_OK);
	assert_int_equal(db_migrate(db, bad, 1, NULL), ERR_OK);
	assert_int_not_equal(db_migrate(db, bad, 2, backup), ERR_OK);
	assert_int_equal(db_number(db, "PRAGMA user_version", 0, &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(db_number(db, "SELECT count(*) FROM sqlite_schema", 0, &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(db_migrate(db, good, 2, backup), ERR_OK);
	assert_int_equal(db_number(db, "SELECT x + y FROM a", 0, &n), ERR_OK);
	assert_int_equal(n, 12);
	assert_int_equal(db_migrate(db, good, 1, NULL), ERR_NEWER);
	sqlite3_close(db);
	assert_int_equal(db_open(backup, SQLITE_OPEN_READONLY, &copy), ERR_OK);
	assert_int_equal(db_number(copy, "PRAGMA user_version", 0, &n), ERR_OK);
	assert_int_equal(n, 1);
	sqlite3_close(copy);
}

/* ---- corruption ---- */

static void spoil(const struct fixture *f, size_t from, size_t count)
{
	size_t len;
	uint8_t *bytes = read_db(f, &len);
	for (size_t i = from; i < from + count && i < len; i++)
		bytes[i] = (uint8_t)(i * 31 + 7);
	write_db(f, bytes, len);
	free(bytes);
}

static void recover_now(struct fixture *f, struct store_recovery *r)
{
	struct store *s;
	assert_int_equal(store_open(f->dir, STORE_OWNER, &s, NULL), ERR_CORRUPT); /* never by itself */
	assert_int_equal(store_open(f->dir, STORE_OWNER | STORE_RECOVER, &f->store, r), ERR_OK);
	f->store->now_ms = fixture_now;
	assert_true(r->happened);
	assert_true(file_exists(r->kept_aside));
}

static void test_corrupt_header(void **state)
{
	struct fixture *f = *state;
	struct store_recovery r;
	size_t len, kept_len;
	fixture_submitted(f, 1, true);
	fixture_submitted(f, 2, false);
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	fixture_submitted(f, 3, true); /* after the backup, and unreadable below */
	store_close(f->store);
	spoil(f, 0, 100);
	uint8_t *bytes = read_db(f, &len), *kept;
	recover_now(f, &r);
	assert_non_null(strstr(r.backup_used, "/backup/daily-0000000004-2090-03-12.db"));
	assert_int_equal(file_read(r.kept_aside, 1u << 28, &kept, &kept_len), ERR_OK);
	assert_int_equal(kept_len, len);
	assert_memory_equal(kept, bytes, len);
	free(kept);
	free(bytes);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM audit WHERE kind = 'restored'"), 1);
	fixture_submitted(f, 4, true);
	assert_intact(f);
}

/* A page in the middle is gone: what came after the backup and can still be read is carried over. */
static void test_salvage(void **state)
{
	struct fixture *f = *state;
	struct store_recovery r;
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	char sql[200];
	fixture_submitted(f, 1, true);
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	for (unsigned i = 2; i <= 6; i++)
		fixture_submitted(f, i, true);
	/* Damage that quick_check finds and that no row of ours stands in: the root page of an index. */
	int64_t root = fixture_number(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'events_by_time'");
	int64_t page = fixture_number(f, "PRAGMA page_size");
	store_close(f->store);
	spoil(f, (size_t)((root - 1) * page), 200);
	snprintf(sql, sizeof sql, "%s/run/kiosk.running",
	         f->dir); /* as after a power cut: the start then checks */
	assert_int_equal(file_write(sql, "", 0), ERR_OK);
	recover_now(f, &r);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 6);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM blobs"), 12);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 6);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), 6);
	fixture_keys(6, &code, &keys);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	case_summary_clear(&c);
	assert_intact(f);
	fixture_submitted(f, 7, false);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 7);
	assert_intact(f);
}

/* A row that is not as the damaged file's own chain left it is not believed. */
static void test_salvage_believes_no_changed_row(void **state)
{
	struct fixture *f = *state;
	struct store_recovery r;
	char mark[256];
	fixture_submitted(f, 1, false);
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	fixture_submitted(f, 2, false);
	fixture_submitted(f, 3, false);
	assert_int_equal(db_exec(f->store->db, "UPDATE cases SET lookup = zeroblob(32) WHERE event_seq = 3"),
	                 ERR_OK);
	int64_t root = fixture_number(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'events_by_time'");
	int64_t page = fixture_number(f, "PRAGMA page_size");
	store_close(f->store);
	spoil(f, (size_t)((root - 1) * page), 200);
	snprintf(mark, sizeof mark, "%s/run/kiosk.running", f->dir);
	assert_int_equal(file_write(mark, "", 0), ERR_OK);
	recover_now(f, &r);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 2);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 2);
	assert_intact(f);
}

/* No backup at all: the enrolment and every event come out of the damaged file where that can be read. */
static void test_no_backup(void **state)
{
	struct fixture *f = *state;
	struct store_recovery r;
	struct store_identity id;
	char mark[256];
	fixture_submitted(f, 1, true);
	int64_t root = fixture_number(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'duties_by_day'");
	int64_t page = fixture_number(f, "PRAGMA page_size");
	store_close(f->store);
	spoil(f, (size_t)((root - 1) * page), 200);
	snprintf(mark, sizeof mark, "%s/run/kiosk.running", f->dir);
	assert_int_equal(file_write(mark, "", 0), ERR_OK);
	recover_now(f, &r);
	assert_string_equal(r.backup_used, "");
	assert_int_equal(store_identity(f->store, &id), ERR_OK);
	assert_true(id.enrolled);
	assert_string_equal(id.kiosk, "k1");
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 1);
	assert_intact(f);
	store_close(f->store);
	/* And a file that is nothing but garbage: begins empty, not enrolled. */
	write_db(f, (const uint8_t *)"garbage", 7);
	recover_now(f, &r);
	assert_int_equal(store_identity(f->store, &id), ERR_OK);
	assert_false(id.enrolled);
	assert_non_null(strstr(r.kept_aside, "/damaged-2/"));
	assert_intact(f);
}

static enum err count_name(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
	return ERR_OK;
}

/* Bad backups are passed over, and the chain's length decides, not the date in the name. */
static void test_newest_good_backup(void **state)
{
	struct fixture *f = *state;
	struct store_recovery r;
	char path[256], folder[256];
	int count = 0;
	fixture_submitted(f, 1, false);
	fixture_clock += 5 * 86400000LL;
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK); /* link 3, dated later */
	fixture_clock -= 5 * 86400000LL;
	fixture_submitted(f, 2, false);
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK); /* link 4, dated earlier */
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK); /* once a day */
	snprintf(folder, sizeof folder, "%s/backup", f->dir);
	assert_int_equal(dir_each(folder, count_name, &count), ERR_OK);
	assert_int_equal(count, 2);
	/* Whatever the order in which the folder is read, the longest chain wins. */
	char old[256];
	snprintf(old, sizeof old, "%s/backup/daily-0000000003-2090-03-17.db", f->dir);
	for (char c = 'a'; c <= 'j'; c++) {
		snprintf(path, sizeof path, "%s/backup/%c.db", f->dir, c);
		assert_int_equal(file_copy(old, path), ERR_OK);
	}
	snprintf(path, sizeof path, "%s/backup/daily-0000000009-2090-03-20.db", f->dir);
	assert_int_equal(file_write(path, "not a database at all", 21), ERR_OK);
	store_close(f->store);
	write_db(f, (const uint8_t *)"", 0);
	recover_now(f, &r);
	assert_non_null(strstr(r.backup_used, "daily-0000000004-"));
	assert_intact(f);
	for (int i = 0; i < 12; i++) {
		fixture_clock += 86400000;
		fixture_submitted(f, 10 + (unsigned)i, false);
		assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	}
	count = 0;
	assert_int_equal(dir_each(folder, count_name, &count), ERR_OK);
	assert_int_equal(count, 7 + 10); /* others' files are not ours to delete */
}

/* A sync that had the old file open must not write into what was set aside. */
static void test_other_connection_notices(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	char path[256], moved[256];
	fixture_open(&other, 0);
	db_path(f, path);
	snprintf(moved, sizeof moved, "%s/moved.db", f->root);
	assert_int_equal(file_copy(path, moved), ERR_OK);
	assert_int_equal(rename(moved, path), 0);
	assert_int_equal(sync_contact(other.store, 1, 0, NULL), ERR_IO);
	store_close(other.store);
}

static void test_backup_and_restore(void **state)
{
	struct fixture *f = *state;
	char to[256], back[256];
	struct verify_report r;
	struct store *s;
	struct submission before = fixture_submitted(f, 1, true), after;
	snprintf(to, sizeof to, "%s/backup", f->root);
	snprintf(back, sizeof back, "%s/restored", f->root);
	assert_int_equal(store_backup(f->store, to), ERR_OK);
	assert_int_equal(store_backup(f->store, to), ERR_EXISTS);
	fixture_submitted(f, 2, true);
	assert_int_equal(store_restore(to, f->dir), ERR_EXISTS);
	assert_int_equal(store_restore(f->root, back), ERR_NOT_FOUND);
	assert_int_equal(store_restore(to, back), ERR_OK);
	assert_int_equal(store_open(back, STORE_OWNER, &s, NULL), ERR_OK);
	assert_int_equal(store_verify(s, &r), ERR_OK);
	assert_true(r.ok);
	assert_int_equal(r.cases, 1);
	store_close(s);
	strcpy(f->dir, back);
	store_close(f->store);
	fixture_open(f, STORE_OWNER);
	after = fixture_submitted(f, 3, true);
	assert_string_equal(before.receipt, "2090-0312-0001");
	assert_string_equal(after.receipt, "2090-0312-0002");
	assert_intact(f);
}

/* What a kill -9 left between the blobs and the commit is swept at the next start. */
static void test_stray_blobs(void **state)
{
	struct fixture *f = *state;
	char path[256], folder[256];
	int count = 0, status;
	store_close(f->store);
	pid_t child = fork();
	if (child == 0) {
		struct submission s;
		struct store *own;
		if (store_open(f->dir, STORE_OWNER, &own, NULL) != ERR_OK)
			_exit(1);
		f->store = own;
		own->now_ms = fixture_now;
		_exit(fixture_submit(f, 1, true, &s) == ERR_OK ? 0 : 1); /* without store_close, as a kill */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	snprintf(path, sizeof path, "%s/blobs/%064d", f->dir, 7);
	assert_int_equal(file_write(path, "stray", 5), ERR_OK);
	fixture_open(f, STORE_OWNER);
	assert_false(file_exists(path));
	snprintf(folder, sizeof folder, "%s/blobs", f->dir);
	assert_int_equal(dir_each(folder, count_name, &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_intact(f);
}

/* ---- a full disk ---- */

/* Runs in a child with a mount namespace of its own. 0: passed; 77: this machine lets nobody mount. */
static int full_disk_child(const char *root)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", root, "tmpfs", 0, "size=1536k") != 0)
		return 77;
	struct fixture *f = fixture_make(root);
	char path[256], folder[256];
	struct submission s;
	snprintf(path, sizeof path, "%s/ballast", root);
	snprintf(folder, sizeof folder, "%s/blobs", f->dir);
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	static const char block[4096];
	while (write(fd, block, sizeof block) > 0)
		;
	struct stat st;
	fstat(fd, &st);
	off_t size = st.st_size;
	int failures = 0;
	/* From no room at all, a page more at a time, until it fits: each failure must leave everything as it
	 * was. */
	for (;;) {
		enum err e = fixture_submit(f, (unsigned)failures, true, &s);
		if (e == ERR_OK)
			break;
		if (e != ERR_FULL) {
			print_error("with %d pages free: %s\n", failures, err_name(e));
			return 1;
		}
		int files = 0;
		if (dir_each(folder, count_name, &files) != ERR_OK || files != 0)
			return 2;
		if (fixture_number(f, "SELECT count(*) + (SELECT count(*) FROM events) FROM cases") != 0)
			return 3;
		failures++;
		size -= 4096;
		if (size < 0 || ftruncate(fd, size) != 0)
			return 4;
	}
	if (failures < 3)
		return 5; /* it was never full */
	close(fd);
	unlink(path);
	assert_intact(f);
	print_message("full disk: refused %d times, then taken\n", failures);
	store_close(f->store);
	free(f);
	return 0;
}

static void test_full_disk(void **state)
{
	struct fixture *f = *state;
	char root[64];
	int status;
	strcpy(root, f->root);
	strcat(root, "/full");
	assert_int_equal(mkdir(root, 0700), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(full_disk_child(root));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_lock),
		T(test_modes),
		T(test_newer_is_untouched),
		T(test_migrations),
		T(test_migration_is_atomic),
		T(test_corrupt_header),
		T(test_salvage), T(test_salvage_believes_no_changed_row),
		T(test_no_backup),
		T(test_newest_good_backup),
		T(test_other_connection_notices),
		T(test_backup_and_restore),
		T(test_stray_blobs),
		T(test_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
