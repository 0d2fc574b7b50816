/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* Verification after tampering: one change of one row at a time, each told with the link that the row belongs
 * to. */
#include "store/store_attendance.h"
#include "tests/unit/store_fixture.h"

/* Links made by populate(), in order. */
enum {
	LINK_CREATED = 1,
	LINK_ENROLLED,
	LINK_ROSTER,
	LINK_RULES,
	LINK_SUBMIT1,
	LINK_SUBMIT2,
	LINK_CHANGES,
	LINK_RATED,
	LINK_ACTIVITY,
	LINK_SIGNED_IN,
	LINK_ODD
};

static struct submission first, second;

static void populate(struct fixture *f)
{
	static const char csv[] = "姓名,性别,出生年月,选区,层级\n丁一,男,1970-01,一,乡\n";
	static const char text[] = "甲制度\n第一条 一\n";
	struct roster roster;
	struct roster_problems problems;
	struct rules_text rules;
	assert_int_equal(roster_parse_csv(csv, sizeof csv - 1, &roster, &problems), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	assert_int_equal(rules_text_parse(text, sizeof text - 1, &rules), ERR_OK);
	assert_int_equal(store_import_rules(f->store, &rules), ERR_OK);
	roster_clear(&roster);
	rules_text_clear(&rules);
	first = fixture_submitted(f, 1, true);
	second = fixture_submitted(f, 2, true);
	json_t *page = json_loads(
		"[{\"cursor\":1,\"type\":\"group\",\"op\":\"put\",\"id\":\"g-1\",\"data\":{\"name\":\"一组\"}},"
		"{\"cursor\":2,\"type\":\"constituency\",\"op\":\"put\",\"id\":\"c-1\",\"data\":{\"name\":\"一\"}},"
		"{\"cursor\":3,\"type\":\"duty\",\"op\":\"put\",\"id\":\"d-1\",\"data\":{\"deputy\":\"p\",\"date\":"
	    "\"2026-03-12\","
		"\"from\":\"09:00\",\"until\":\"10:00\"}}]",
		0, NULL);
	json_array_append_new(page, fixture_case_change(4, first.case_id, "answered", 1, 1));
	assert_int_equal(changes_apply(f->store, page, 4), ERR_OK);
	json_decref(page);
	assert_int_equal(store_rate(f->store, first.case_id, RATING_PARTLY, "慢"), ERR_OK);
	page = json_loads(
		"[{\"cursor\":5,\"type\":\"activity\",\"op\":\"put\",\"id\":\"a-1\",\"data\":{\"kind\":\"home\",\"title\":\"学习\","
		"\"starts\":3792966000000,\"ends\":3792969000000,\"invited\":[{\"deputy\":\"p-1\",\"seat\":\"1\"}]}},"
		"{\"cursor\":6,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-1\",\"data\":{\"name\":\"乙二\",\"id_digest\":{\"salt\":"
		"\"00112233445566778899aabbccddeeff\",\"ops\":1,\"mem_kib\":24576,\"digest\":"
		"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}}},"
		"{\"cursor\":7,\"type\":\"card\",\"op\":\"put\",\"id\":\"p-1\",\"data\":{\"issue\":2,\"lost_through\":1}},"
		"{\"cursor\":8,\"type\":\"portrait\",\"op\":\"put\",\"id\":\"p-1\",\"data\":{\"media\":\"image/jpeg\",\"data\":\"/9j/4AAQ\"}},"
		"{\"cursor\":9,\"type\":\"leave\",\"op\":\"put\",\"id\":\"a-1/p-2\",\"data\":{\"activity\":\"a-1\",\"deputy\":\"p-2\",\"at\":5,"
		"\"reason\":\"ill\",\"state\":\"granted\"}}]",
		0, NULL);
	assert_int_equal(changes_apply(f->store, page, 9), ERR_OK);
	json_decref(page);
	struct sign_in in = {"a-1", "p-1", SIGN_BY_QR, 2, false};
	struct sign_in_result result;
	assert_int_equal(store_sign_in(f->store, &in, &result), ERR_OK);
	assert_int_equal(result.what, PRESENTED_SIGN_IN);
	assert_int_equal(store_note_odd(f->store, "card_lost", "p-1", 1), ERR_OK);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes"), 0);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM audit"), LINK_ODD);
	assert_intact(f);
}

/* What somebody with the file and the sqlite3 command could do. %s is the second case's id. */
static const struct { const char *sql; int64_t link; const char *what;
} tamperings[] = {
	{"UPDATE cases SET state = 'closed' WHERE case_id = '%s'", LINK_SUBMIT2, "a row was changed: cases"},
	{"UPDATE cases SET kind = 'thanks' WHERE case_id <> '%s'", LINK_RATED, "a row was changed: cases"},
	{"UPDATE cases SET lookup = zeroblob(32) WHERE case_id = '%s'", LINK_SUBMIT2, "a row was changed: cases"},
	{"UPDATE events SET payload = replace(payload, 'roads', 'water') WHERE seq = 2", LINK_SUBMIT2,
     "a row was changed: events 2"},
	{"UPDATE events SET sig = zeroblob(64) WHERE seq = 1", LINK_SUBMIT1, "a row was changed: events 1"},
	{"DELETE FROM outbox; DELETE FROM events WHERE seq = 3", LINK_RATED, "a row was deleted: events 3"},
	{"UPDATE blobs SET size = 1 WHERE case_id = '%s'", LINK_SUBMIT2, "a row was changed: blobs"},
	{"UPDATE identity SET value = zeroblob(32) WHERE key = 'seal_key'", LINK_ENROLLED,
     "a row was changed: identity seal_key"},
	{"DELETE FROM identity WHERE key = 'sign_public'", LINK_CREATED,
     "a row was deleted: identity sign_public"},
	{"UPDATE deputies SET name = '丁二'", LINK_ROSTER, "a row was changed: deputies"},
	{"UPDATE mandates SET level = 'city'", LINK_ROSTER, "a row was changed: mandates"},
	{"UPDATE rules SET text = ''", LINK_RULES, "a row was changed: rules"},
	{"DELETE FROM rules", LINK_RULES, "a row was deleted: rules"},
	{"UPDATE groups SET data = '{}'", LINK_CHANGES, "a row was changed: groups"},
	{"UPDATE constituencies SET name = ''", LINK_CHANGES, "a row was changed: constituencies"},
	{"UPDATE duties SET ends = '23:00'", LINK_CHANGES, "a row was changed: duties"},
	{"UPDATE activities SET quorum = 1", LINK_ACTIVITY, "a row was changed: activities a-1"},
	{"UPDATE invitees SET seat = '2'", LINK_ACTIVITY, "a row was changed: invitees a-1/p-1"},
	{"DELETE FROM invitees", LINK_ACTIVITY, "a row was deleted: invitees a-1/p-1"},
	{"UPDATE attendance SET timing = 'on_time'", LINK_SIGNED_IN, "a row was changed: attendance a-1/p-1"},
	{"UPDATE attendance SET out_ms = 1", LINK_SIGNED_IN, "a row was changed: attendance a-1/p-1"},
	{"DELETE FROM attendance", LINK_SIGNED_IN, "a row was deleted: attendance a-1/p-1"},
	{"UPDATE leaves SET state = 'refused'", LINK_ACTIVITY, "a row was changed: leaves a-1/p-2"},
	{"UPDATE id_digests SET deputy = 'p-2'", LINK_ACTIVITY, "a row was deleted: id_digests p-1"},
	{"UPDATE id_digests SET digest = zeroblob(32)", LINK_ACTIVITY, "a row was changed: id_digests p-1"},
	{"UPDATE cards SET lost_through = 0", LINK_ACTIVITY, "a row was changed: cards p-1"},
	{"UPDATE portraits SET bytes = zeroblob(9)", LINK_ACTIVITY, "a row was changed: portraits p-1"},
	{"DELETE FROM flags", LINK_ODD, "a row was deleted: flags"},
	{"INSERT INTO attendance VALUES('a-1/x', 'a-1', 'x', 1, 1, 'card', 'late', 1, 0, 'k2', NULL, NULL, NULL, NULL)", 0,
     "a row was added that no link covers: attendance a-1/x"},
	{"INSERT INTO rules VALUES('r-x', 9, 'x', 1, 'x')", 0, "a row was added that no link covers: rules r-x"},
	{"INSERT INTO identity VALUES('x', x'00')", 0, "a row was added that no link covers: identity x"},
	{"UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 4", 4, "a link's hash does not match"},
	{"UPDATE audit SET kind = 'import.roster' WHERE seq = 4", 4, "a link's hash does not match"},
	{"UPDATE audit SET sig = zeroblob(64) WHERE seq = 3", 3, "a link's signature"},
	{"UPDATE audit SET prev = zeroblob(32) WHERE seq = 6", 6, "a link does not follow"},
	{"PRAGMA foreign_keys = OFF; DELETE FROM audit WHERE seq = 5", 5, "a link is missing"},
	{"UPDATE audit_items SET digest = zeroblob(32) WHERE link = 5 AND n = 0", 5,
     "the list of what a link covers"},
	{"DELETE FROM audit_items WHERE link = 5 AND n = 0", 5, "the list of what a link covers"},
	{"UPDATE audit_items SET row = 'x' WHERE link = 7 AND n = 1", 7, "the list of what a link covers"},
	{"INSERT INTO audit_items VALUES(3, 99, 'rules', 'x', NULL)", 3, "the list of what a link covers"},
	{"UPDATE rules SET text = ''; UPDATE cases SET state = 'closed'", LINK_RULES,
     "a row was changed: rules"}, /* the first */
	{"PRAGMA foreign_keys = OFF; UPDATE mandates SET deputy = 'p-none'", LINK_ROSTER,
     "a row was changed: mandates"},
};

static void test_tampering(void **state)
{
	struct fixture *f = *state;
	populate(f);
	for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
		char sql[512];
		struct verify_report r;
		const char *at = strstr(tamperings[i].sql, "%s");
		int head = at ? (int)(at - tamperings[i].sql) : (int)strlen(tamperings[i].sql);
		snprintf(sql, sizeof sql, "%.*s%s%s", head, tamperings[i].sql, at ? second.case_id : "",
		         at ? at + 2 : "");
		/* On a copy in memory, so that each starts from the good state. */
		sqlite3 *good = f->store->db, *copy;
		assert_int_equal(sqlite3_open(":memory:", &copy), SQLITE_OK);
		sqlite3_backup *b = sqlite3_backup_init(copy, "main", good, "main");
		assert_int_equal(sqlite3_backup_step(b, -1), SQLITE_DONE);
		sqlite3_backup_finish(b);
		assert_int_equal(sqlite3_exec(copy, sql, NULL, NULL, NULL), SQLITE_OK);
		f->store->db = copy;
		enum err e = store_verify(f->store, &r);
		f->store->db = good;
		sqlite3_close(copy);
		assert_int_equal(e, ERR_OK);
		if (r.ok || r.bad_link != tamperings[i].link || !strstr(r.what, tamperings[i].what))
			fail_msg("%s: ok %d, link %lld, %s", sql, r.ok, (long long)r.bad_link, r.what);
	}
	assert_intact(f);
}

/* Somebody who recomputes hashes and items still has no key. */
static void test_forged_link(void **state)
{
	struct fixture *f = *state;
	struct verify_report r;
	uint8_t public_key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES], own[SIGN_SECRET_BYTES];
	crypto_sign_keypair(public_key, secret);
	memcpy(own, f->store->sign_secret, sizeof own);
	memcpy(f->store->sign_secret, secret, sizeof own);
	assert_int_equal(tx_begin(f->store), ERR_OK);
	assert_int_equal(db_run(f->store->db, "INSERT INTO groups VALUES('g', 'x', '{}')", ""), ERR_OK);
	assert_int_equal(tx_note(f->store, "groups", "g"), ERR_OK);
	assert_int_equal(tx_commit(f->store, "changes"), ERR_OK);
	memcpy(f->store->sign_secret, own, sizeof own);
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	assert_false(r.ok);
	assert_int_equal(r.bad_link, 3);
	assert_non_null(strstr(r.what, "signature"));
}

static void test_blob_files(void **state)
{
	struct fixture *f = *state;
	struct verify_report r;
	struct blob_row row;
	populate(f);
	assert_int_equal(blob_next(f->store, &row), ERR_OK);
	uint8_t *bytes;
	size_t len;
	assert_int_equal(file_read(row.path, 1 << 20, &bytes, &len), ERR_OK);
	bytes[len / 2] ^= 1;
	assert_int_equal(file_write(row.path, bytes, len), ERR_OK);
	free(bytes);
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	assert_false(r.ok);
	assert_int_equal(r.bad_link, LINK_SUBMIT1);
	assert_non_null(strstr(r.what, "a blob's bytes do not match"));
	unlink(row.path);
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	assert_int_equal(r.bad_link, LINK_SUBMIT1);
	assert_non_null(strstr(r.what, "a blob is missing"));
}

static void test_counts(void **state)
{
	struct fixture *f = *state;
	struct verify_report r;
	populate(f);
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	assert_true(r.ok);
	assert_int_equal(r.links, LINK_ODD);
	assert_int_equal(r.events, 5);
	assert_int_equal(r.cases, 2);
	assert_int_equal(r.bad_link, 0);
	assert_string_equal(r.what, "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {T(test_tampering), T(test_forged_link), T(test_blob_files),
	                                   T(test_counts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
