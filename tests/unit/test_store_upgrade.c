/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/health.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/card_token.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/health.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* What attendance meets in the life of a folder: an older schema, a damaged file, a restored backup, tampering. */
#include "store/health.h"
#include "tests/unit/attendance_fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

/* ---- a database of schema 1 ---- */

/* The fixture's store on a new database of an older schema, beside its own and with its keys. */
static struct store open_old(const struct fixture *f, int schema, const char *path)
{
	struct store old = *f->store;
	char set[96];
	struct stat st;
	assert_int_equal(db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &old.db), ERR_OK);
	snprintf(set, sizeof set, "PRAGMA application_id=%d; PRAGMA journal_mode=WAL;", STORE_APPLICATION_ID);
	assert_int_equal(db_exec(old.db, set), ERR_OK);
	assert_int_equal(db_migrate(old.db, store_migrations, schema, NULL), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	snprintf(old.path, sizeof old.path, "%s", path);
	old.device = st.st_dev;
	old.inode = st.st_ino;
	return old;
}

static void note_identity(struct store *s, const char *key, const void *value, size_t len)
{
	assert_int_equal(tx_begin(s), ERR_OK);
	assert_int_equal(db_run(s->db, "INSERT INTO identity(key, value) VALUES(?, ?)", "sb", key, value, len), ERR_OK);
	assert_int_equal(tx_note(s, "identity", key), ERR_OK);
	assert_int_equal(tx_commit(s, "created"), ERR_OK);
}

static void fill_old(struct fixture *f)
{
	static const char csv[] = "姓名,性别,出生年月,选区,层级\n丁一,男,1970-01,一,乡\n甲二,女,1970-02,二,县\n";
	struct roster roster;
	struct roster_problems problems;
	note_identity(f->store, "sign_public", f->store->sign_public, SIGN_PUBLIC_BYTES);
	assert_int_equal(fixture_enrol(f), ERR_OK);
	assert_int_equal(roster_parse_csv(csv, sizeof csv - 1, &roster, &problems), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	roster_clear(&roster);
	for (unsigned i = 1; i <= 3; i++)
		fixture_submitted(f, i, true);
	assert_int_equal(outbox_ack(f->store, 1), ERR_OK);
	/* What that program could not read it kept. */
	static const char *const kept[][2] = {
		{"activity", "{\"cursor\":1,\"type\":\"activity\",\"op\":\"put\",\"id\":\"a-0\",\"data\":{\"kind\":\"home\",\"title\":\"学习\","
	                 "\"starts\":3792966000000,\"ends\":3792969000000,\"invited\":[]}}"},
		{"activity", "{\"cursor\":2,\"type\":\"activity\",\"op\":\"put\",\"id\":\"a-9\",\"data\":{}}"},
		{"moon", "{\"cursor\":3,\"type\":\"moon\",\"op\":\"put\",\"id\":\"m\",\"data\":{}}"},
		{"card", "(too long to keep)"},
		{"card", "{\"cursor\":5,\"type\":\"card\",\"op\":\"put\",\"id\":\"p-1\",\"data\":{\"issue\":3,\"lost_through\":2}}"},
	};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(db_run(f->store->db,
		                        "INSERT INTO skipped_changes(cursor, type, reason, entry) VALUES(?, ?,"
		                        " 'a type that this version does not know', ?)",
		                        "iss", (int64_t)i + 1, kept[i][0], kept[i][1]),
		                 ERR_OK);
}

static const char old_contents[] =
	"SELECT group_concat(t) FROM (SELECT hex(hash) AS t FROM audit WHERE kind <> 'changes' UNION ALL SELECT hex(sig) FROM events UNION ALL"
	" SELECT hex(lookup) || receipt_number FROM cases UNION ALL SELECT id || name || birth FROM deputies UNION ALL"
	" SELECT id || level FROM mandates UNION ALL SELECT sha256 || size FROM blobs UNION ALL SELECT seq FROM outbox"
	" UNION ALL SELECT key || hex(value) FROM identity)";

static char *contents(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	bool row = false;
	assert_int_equal(db_query(db, &stmt, old_contents, ""), ERR_OK);
	assert_int_equal(db_step(stmt, &row), ERR_OK);
	char *text = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

/* After an update kiosk, sync and an operator meet the older schema at the same moment. */
static void test_several_at_once(void **state)
{
	enum { PROGRAMS = 6, ROUNDS = 5 };
	struct fixture *f = *state;
	char path[256], live[256];
	snprintf(path, sizeof path, "%s/old.db", f->root);
	snprintf(live, sizeof live, "%s/kiosk.db", f->dir);
	for (int round = 0; round < ROUNDS; round++) {
		struct fixture before = *f;
		struct store old = open_old(f, 1, path);
		before.store = &old;
		fill_old(&before);
		sqlite3_close(old.db);
		store_close(f->store);
		assert_int_equal(rename(path, live), 0);
		pid_t children[PROGRAMS];
		for (int i = 0; i < PROGRAMS; i++) {
			children[i] = fork();
			assert_true(children[i] >= 0);
			if (children[i] == 0) {
				struct store *s = NULL;
				_exit(store_open(f->dir, 0, &s, NULL) == ERR_OK && store_schema(s) == store_schema_newest() ? 0 : 1);
			}
		}
		for (int i = 0; i < PROGRAMS; i++) {
			int status = 0;
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			assert_int_equal(status, 0);
		}
		fixture_open(f, STORE_OWNER);
		assert_intact(f);
	}
}

static void test_from_schema_1(void **state)
{
	struct fixture *f = *state;
	struct fixture before = *f;
	char path[256], live[256], wal[256], backup[256];
	snprintf(path, sizeof path, "%s/old.db", f->root);
	snprintf(live, sizeof live, "%s/kiosk.db", f->dir);
	snprintf(wal, sizeof wal, "%s/kiosk.db-wal", f->dir);
	struct store old = open_old(f, 1, path);
	before.store = &old;
	fill_old(&before);
	char *was = contents(old.db), *now;
	int64_t links;
	assert_int_equal(db_number(old.db, "SELECT max(seq) FROM audit", 0, &links), ERR_OK);
	assert_int_equal(db_number(old.db, "SELECT count(*) FROM sqlite_schema WHERE name = 'attendance'", 0, &old.tx.link), ERR_OK);
	assert_int_equal(old.tx.link, 0); /* it is the old one indeed */
	sqlite3_close(old.db);
	store_close(f->store);
	assert_int_equal(rename(path, live), 0);
	assert_false(file_exists(wal));

	fixture_open(f, STORE_OWNER);
	assert_int_equal(store_schema(f->store), store_schema_newest());
	now = contents(f->store->db);
	assert_string_equal(now, was);
	free(now);
	free(was);
	snprintf(backup, sizeof backup, "%s/backup/schema-1-%010lld.db", f->dir, (long long)links);
	assert_true(file_exists(backup));
	assert_intact(f);
	/* What it can read by now it has; the rest still waits. */
	struct activity_row a;
	struct card_state card;
	assert_int_equal(store_activity(f->store, "a-0", &a), ERR_OK);
	assert_int_equal(store_card_state(f->store, "p-1", &card), ERR_OK);
	assert_int_equal(card.issue, 3);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes"), 3);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes WHERE reason LIKE 'a type%'"), 2);
	links = fixture_number(f, "SELECT max(seq) FROM audit");
	store_close(f->store);
	fixture_open(f, STORE_OWNER);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM audit"), links); /* once */
	/* And it goes on from there. */
	sqlite3_stmt *stmt;
	bool row;
	char deputy[REPORT_ID_SIZE];
	assert_int_equal(db_query(f->store->db, &stmt, "SELECT id FROM deputies ORDER BY name LIMIT 1", ""), ERR_OK);
	assert_int_equal(db_step(stmt, &row), ERR_OK);
	assert_int_equal(db_text(stmt, 0, deputy, sizeof deputy), ERR_OK);
	sqlite3_finalize(stmt);
	struct health health;
	struct box_note box = {HEALTH_PRINTER_OUT, HEALTH_DEVICE_NONE, HEALTH_DEVICE_NONE, HEALTH_START_CLEAN};
	assert_int_equal(store_note_box(f->store, &box), ERR_OK);
	assert_int_equal(store_health(f->store, &health), ERR_OK);
	assert_int_equal(health.schema, store_schema_newest());
	assert_int_equal(health.unsent, 2);
	fixture_activity(f, "a-1", 0, NULL);
	fixture_at(0);
	assert_int_equal(fixture_signed(f, "a-1", deputy).what, PRESENTED_SIGN_IN);
	assert_int_equal(fixture_number(f, "SELECT event_seq FROM attendance"), 4);
	assert_intact(f);
}

/* ---- a damaged file ---- */

/* The root page of an index is gone: the start finds it, as after a power cut. */
static void damage(struct fixture *f)
{
	char path[256], mark[256];
	uint8_t *bytes;
	size_t len;
	int64_t root = fixture_number(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'events_by_time'");
	int64_t page = fixture_number(f, "PRAGMA page_size");
	store_close(f->store);
	snprintf(path, sizeof path, "%s/kiosk.db", f->dir);
	snprintf(mark, sizeof mark, "%s/run/kiosk.running", f->dir);
	assert_int_equal(file_read(path, 1u << 28, &bytes, &len), ERR_OK);
	memset(bytes + (root - 1) * page, 0xA5, 200);
	assert_int_equal(file_write(path, bytes, len), ERR_OK);
	free(bytes);
	assert_int_equal(file_write(mark, "", 0), ERR_OK);
	struct store_recovery r;
	assert_int_equal(store_open(f->dir, STORE_OWNER | STORE_RECOVER, &f->store, &r), ERR_OK);
	f->store->now_ms = fixture_now;
	assert_true(r.happened);
}

/* A morning at the door: events of every kind, between the cases of voters. */
static void a_morning(struct fixture *f)
{
	struct sign_in out = {"a-1", "p-0001", SIGN_BY_CARD, 0, true};
	struct sign_in_result r;
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0004", LEAVE_FAMILY), ERR_OK);
	fixture_at(-30);
	fixture_signed(f, "a-1", "p-0001");
	fixture_submitted(f, 1, true);
	fixture_signed(f, "a-1", "p-0002");
	fixture_signed_elsewhere(f, "a-1", "p-0003", "k2", NULL);
	fixture_at(-20);
	fixture_signed(f, "a-1", "p-0003");
	assert_int_equal(store_note_odd(f->store, "card_superseded", "p-0005", 1), ERR_OK);
	fixture_at(20);
	assert_int_equal(store_sign_in(f->store, &out, &r), ERR_OK);
	assert_int_equal(r.what, PRESENTED_SIGN_OUT);
	fixture_submitted(f, 2, true);
}

static void test_salvage(void **state)
{
	struct fixture *f = *state;
	struct attendance_row row;
	fixture_deputies(f, 6);
	fixture_activity(f, "a-1", 5, json_pack("{s:b}", "signs_out", 1));
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	a_morning(f);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 8);
	damage(f);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 8);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), 8);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), 3);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM flags"), 2);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_true(row.signed_out);
	assert_int_equal(row.out_ms, fixture_start + 20 * MINUTE);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0004", &row), ERR_OK);
	assert_int_equal(row.leave, LEAVE_ASKED);
	assert_intact(f);
	assert_int_equal(fixture_signed(f, "a-1", "p-0003").what, PRESENTED_ALREADY);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 8);
	assert_intact(f);
}

/* What comes after an event that cannot be read is lost; a row that named it no longer does. */
static void test_salvage_in_part(void **state)
{
	struct fixture *f = *state;
	struct attendance_row row;
	fixture_deputies(f, 6);
	fixture_activity(f, "a-1", 5, json_pack("{s:b}", "signs_out", 1));
	assert_int_equal(store_backup_daily(f->store, fixture_clock), ERR_OK);
	a_morning(f);
	/* The sign-out (7) is spoilt; the sign-in's row (2) names it. */
	assert_int_equal(db_exec(f->store->db, "UPDATE events SET sig = zeroblob(64) WHERE seq = 7"), ERR_OK);
	damage(f);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 6);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_true(row.signed_in);
	assert_false(row.signed_out);
	assert_intact(f);
}

/* ---- numbers that the township gave to others ---- */

static void test_renumber(void **state)
{
	struct fixture *f = *state;
	int64_t fresh = 100;
	fixture_deputies(f, 6);
	fixture_activity(f, "a-1", 5, json_pack("{s:b}", "signs_out", 1));
	a_morning(f);
	for (int64_t seq = 1; seq <= 8; seq++)
		assert_int_equal(outbox_renumber(f->store, seq, fresh - 1), ERR_OK);
	assert_int_equal(fixture_number(f, "SELECT min(seq) FROM outbox"), fresh);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), 8);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance WHERE event_seq < 100 OR out_event_seq < 100 OR"
	                                   " repeat_event_seq < 100"),
	                 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance WHERE event_seq >= 100"), 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance WHERE repeat_event_seq >= 100"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance WHERE out_event_seq >= 100"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM leaves WHERE event_seq >= 100"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM flags WHERE event_seq >= 100"), 2);
	assert_intact(f);
	assert_int_equal(outbox_renumber(f->store, 102, 300), ERR_OK); /* and once more */
	assert_intact(f);
}

/* ---- tampering ---- */

/* Rows made to fit each other, and the audit too: only what they mean is wrong. */
static const struct { const char *table, *row, *sql, *what; } forgeries[] = {
	{"attendance", "a-1/p-0006",
     "INSERT INTO attendance VALUES('a-1/p-0006', 'a-1', 'p-0006', 1, 1, 'card', 'late', 1, 0, 'k1', 1, NULL, NULL, NULL)",
     "a sign-in has no event"},
	{"attendance", "a-1/p-0002", "UPDATE attendance SET event_seq = 7 WHERE id = 'a-1/p-0002'", "a sign-in has no event"},
	{"attendance", "a-1/p-0002", "UPDATE attendance SET event_seq = NULL WHERE id = 'a-1/p-0002'",
     "a sign-in's event has no row"},
	{"attendance", "a-1/p-0002", "DELETE FROM attendance WHERE id = 'a-1/p-0002'", "a sign-in's event has no row"},
	{"attendance", "a-1/p-0002", "UPDATE attendance SET out_ms = 5, out_event_seq = 7 WHERE id = 'a-1/p-0002'",
     "a sign-out has no event"},
	{"attendance", "a-1/p-0001", "UPDATE attendance SET out_event_seq = NULL, out_ms = NULL WHERE id = 'a-1/p-0001'",
     "a sign-out's event has no row"},
	{"attendance", "a-1/p-0003", "UPDATE attendance SET repeat_event_seq = NULL WHERE id = 'a-1/p-0003'",
     "a second sign-in's event has no row"},
	{"leaves", "a-1/p-0004", "DELETE FROM leaves WHERE id = 'a-1/p-0004'", "a leave's event has no row"},
	{"leaves", "a-1/p-0004", "UPDATE leaves SET event_seq = 2 WHERE id = 'a-1/p-0004'", "a leave has no event"},
	{"flags", "f-1", "INSERT INTO flags VALUES('f-1', 5, 'card_lost', 'p-0001', '', '', 6)", "a flag has no event"},
};

static void test_forgeries(void **state)
{
	struct fixture *f = *state;
	fixture_deputies(f, 6);
	fixture_activity(f, "a-1", 5, json_pack("{s:b}", "signs_out", 1));
	a_morning(f);
	assert_intact(f);
	for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
		struct fixture copy = *f;
		struct verify_report r;
		snprintf(copy.dir, sizeof copy.dir, "%s/copy-%u", f->root, (unsigned)i);
		assert_int_equal(store_backup(f->store, copy.dir), ERR_OK);
		fixture_open(&copy, STORE_OWNER);
		assert_int_equal(tx_begin(copy.store), ERR_OK);
		assert_int_equal(db_exec(copy.store->db, forgeries[i].sql), ERR_OK);
		assert_int_equal(sqlite3_changes(copy.store->db), 1);
		assert_int_equal(tx_note(copy.store, forgeries[i].table, forgeries[i].row), ERR_OK);
		assert_int_equal(tx_commit(copy.store, "forged"), ERR_OK);
		assert_int_equal(store_verify(copy.store, &r), ERR_OK);
		if (r.ok || !strstr(r.what, forgeries[i].what))
			fail_msg("%s: found \"%s\"", forgeries[i].sql, r.what);
		store_close(copy.store);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_from_schema_1), T(test_several_at_once), T(test_salvage), T(test_salvage_in_part), T(test_renumber), T(test_forgeries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
