/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/health.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/health.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* The sync's side: the outbox, parking, blobs, enrolment, and changes that come in. */
#include "tests/unit/store_fixture.h"

#include "store/health.h"
#include "store/wake.h"

static void test_outbox_order(void **state)
{
	struct fixture *f = *state;
	struct outbox_batch b;
	for (unsigned i = 0; i < 10; i++)
		fixture_submitted(f, i, false);
	assert_int_equal(outbox_next(f->store, 4, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(b.events[i].seq, (int64_t)i + 1);
	size_t one = b.events[0].payload_len;
	outbox_batch_clear(&b);
	assert_int_equal(outbox_next(f->store, 100, one * 2 + 10, &b), ERR_OK);
	assert_int_equal(b.count, 2);
	outbox_batch_clear(&b);
	assert_int_equal(outbox_next(f->store, 100, 1, &b), ERR_OK); /* one at least, however long */
	assert_int_equal(b.count, 1);
	outbox_batch_clear(&b);
	assert_int_equal(outbox_ack(f->store, 7), ERR_OK);
	assert_int_equal(outbox_ack(f->store, 7), ERR_OK); /* an acknowledgement that comes twice */
	assert_int_equal(outbox_ack(f->store, 3), ERR_OK);
	assert_int_equal(outbox_next(f->store, 100, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 3);
	assert_int_equal(b.events[0].seq, 8);
	outbox_batch_clear(&b);
	assert_int_equal(outbox_ack(f->store, 10), ERR_OK);
	assert_int_equal(outbox_next(f->store, 100, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 0);
	outbox_batch_clear(&b);
}

static void test_box(void **state)
{
	struct fixture *f = *state;
	struct health h;
	struct box_note note = {HEALTH_PRINTER_OUT, HEALTH_DEVICE_PRESENT, HEALTH_DEVICE_NONE, HEALTH_START_UNCLEAN};
	int kiosk_fd, sync_fd;
	assert_int_equal(wake_listen(f->dir, WAKE_SYNC, &sync_fd), ERR_OK);
	assert_int_equal(store_note_box(f->store, &note), ERR_OK);
	assert_int_equal(wake_drain(sync_fd), 1);
	int64_t version = store_version(f->store);
	assert_int_equal(store_note_box(f->store, &note), ERR_OK); /* the same again writes nothing and wakes nobody */
	assert_int_equal(wake_drain(sync_fd), 0);
	assert_int_equal(store_version(f->store), version);
	/* The screen's program does not run: what it noted may long be wrong. */
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_false(h.running);
	assert_int_equal(h.printer, HEALTH_PRINTER_UNKNOWN);
	assert_int_equal(wake_listen(f->dir, WAKE_KIOSK, &kiosk_fd), ERR_OK);
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_int_equal(wake_drain(kiosk_fd), 0); /* looking disturbs nobody */
	assert_true(h.running);
	assert_int_equal(h.printer, HEALTH_PRINTER_OUT);
	assert_int_equal(h.reader, HEALTH_DEVICE_PRESENT);
	assert_int_equal(h.scanner, HEALTH_DEVICE_NONE);
	assert_int_equal(h.start, HEALTH_START_UNCLEAN);
	assert_true(h.disk_size > 0 && h.disk_free <= h.disk_size);
	assert_true(h.uptime_s > 0);
	close(kiosk_fd); /* killed: its name is left behind */
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_false(h.running);
	close(sync_fd);
	assert_intact(f);
}

static void test_box_queue(void **state)
{
	struct fixture *f = *state;
	struct health h;
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_int_equal(h.unsent + h.blobs + h.parked + h.oldest_s, 0);
	fixture_submitted(f, 1, true);
	fixture_clock += 5000;
	fixture_submitted(f, 2, false);
	fixture_clock += 60000;
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_int_equal(h.unsent, 2);
	assert_true(h.blobs > 0);
	assert_int_equal(h.oldest_s, 65);
	assert_int_equal(h.at_ms, fixture_clock);
	assert_true(h.clock_ok);
	/* The event has gone, its attachments have not. */
	assert_int_equal(outbox_ack(f->store, 2), ERR_OK);
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_int_equal(h.unsent, 0);
	assert_int_equal(h.oldest_s, 65);
	/* A clock that went back tells no ages. */
	fixture_clock = 946684800000;
	assert_int_equal(store_health(f->store, &h), ERR_OK);
	assert_false(h.clock_ok);
	assert_int_equal(h.oldest_s, 0);
}

static void test_park(void **state)
{
	struct fixture *f = *state;
	struct outbox_batch b;
	struct parked_list list;
	struct store_counts counts;
	for (unsigned i = 0; i < 3; i++)
		fixture_submitted(f, i, false);
	assert_int_equal(outbox_park(f->store, 2, "unknown subject"), ERR_OK);
	assert_int_equal(outbox_next(f->store, 10, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 2); /* those behind it are not held up */
	assert_int_equal(b.events[1].seq, 3);
	outbox_batch_clear(&b);
	assert_int_equal(outbox_ack(f->store, 3), ERR_OK); /* and it does not vanish with them */
	assert_int_equal(store_counts(f->store, &counts), ERR_OK);
	assert_int_equal(counts.parked, 1);
	assert_int_equal(counts.unsent, 0);
	assert_int_equal(counts.events, 3);
	assert_int_equal(outbox_parked(f->store, &list), ERR_OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.rows[0].seq, 2);
	assert_string_equal(list.rows[0].reason, "unknown subject");
	assert_string_equal(list.rows[0].type, "case.submitted");
	parked_list_clear(&list);
	assert_int_equal(outbox_unpark(f->store, 3), ERR_NOT_FOUND);
	assert_int_equal(outbox_park(f->store, 3, "x"), ERR_NOT_FOUND);
	assert_int_equal(outbox_unpark(f->store, 2), ERR_OK);
	assert_int_equal(outbox_next(f->store, 10, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.events[0].seq, 2);
	outbox_batch_clear(&b);
	assert_intact(f);
}

/* Restored from a backup: numbers that the township has given to other events already. */
static void test_renumber(void **state)
{
	struct fixture *f = *state;
	struct outbox_batch b;
	struct event_head head;
	json_t *root, *again;
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	struct submission s = fixture_submitted(f, 1, true);
	fixture_submitted(f, 2, false);
	fixture_clock += 5000;
	assert_int_equal(outbox_next(f->store, 1, 1 << 20, &b), ERR_OK);
	root = json_loads(b.events[0].payload, 0, NULL);
	outbox_batch_clear(&b);
	assert_int_equal(outbox_renumber(f->store, 1, 40), ERR_OK);
	assert_int_equal(outbox_renumber(f->store, 2, 40), ERR_OK);
	assert_int_equal(outbox_renumber(f->store, 9, 40), ERR_NOT_FOUND);
	assert_int_equal(outbox_next(f->store, 10, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.count, 2);
	assert_int_equal(b.events[0].seq, 41);
	assert_int_equal(b.events[1].seq, 42);
	assert_int_equal(event_open(b.events[0].payload, b.events[0].payload_len, b.events[0].sig,
	                            f->store->sign_public, &head, &again),
	                 ERR_OK);
	assert_int_equal(head.at_ms, s.at_ms); /* when it happened, not when it was renumbered */
	assert_true(json_equal(json_object_get(root, "data"), json_object_get(again, "data")));
	json_decref(root);
	json_decref(again);
	outbox_batch_clear(&b);
	fixture_keys(1, &code, &keys);
	assert_int_equal(outbox_ack(f->store, 42), ERR_OK);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	assert_true(c.synced);
	case_summary_clear(&c);
	fixture_submitted(f, 3, false);
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 43);
	assert_intact(f);
	/* A hole that nobody noted is found all the same. */
	struct verify_report r;
	assert_int_equal(
		sqlite3_exec(f->store->db, "DELETE FROM audit_items WHERE tbl = 'gap'", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	assert_false(r.ok);
}

static void test_blobs(void **state)
{
	struct fixture *f = *state;
	struct blob_row row;
	char first[65];
	assert_int_equal(blob_next(f->store, &row), ERR_NOT_FOUND);
	fixture_submitted(f, 1, true);
	assert_int_equal(blob_next(f->store, &row), ERR_OK);
	assert_true(file_exists(row.path));
	strcpy(first, row.sha256_hex);
	assert_int_equal(blob_sent(f->store, first), ERR_OK);
	assert_int_equal(blob_next(f->store, &row), ERR_OK);
	assert_string_not_equal(row.sha256_hex, first);
	assert_int_equal(blob_sent(f->store, row.sha256_hex), ERR_OK);
	assert_int_equal(blob_sent(f->store, row.sha256_hex), ERR_OK);
	assert_int_equal(blob_next(f->store, &row), ERR_NOT_FOUND);
}

static void test_enrolment(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	struct store_identity id;
	char ticket[128], token[128];
	snprintf(other.dir, sizeof other.dir, "%s/other", f->root);
	assert_int_equal(store_create(other.dir), ERR_OK);
	fixture_open(&other, 0);
	assert_int_equal(enrol_ticket(other.store, ticket), ERR_NOT_FOUND);
	assert_int_equal(enrol_token(other.store, token), ERR_NOT_FOUND);
	assert_int_equal(enrol_begin(other.store, "123-456", "ticket-1"), ERR_OK);
	assert_int_equal(store_identity(other.store, &id), ERR_OK);
	assert_string_equal(id.enrol_code, "123-456");
	assert_false(id.enrolled);
	assert_int_equal(enrol_ticket(other.store, ticket), ERR_OK);
	assert_string_equal(ticket, "ticket-1");
	assert_int_equal(fixture_enrol(&other), ERR_OK);
	assert_int_equal(store_identity(other.store, &id), ERR_OK);
	assert_true(id.enrolled);
	assert_string_equal(id.kiosk, "k1");
	assert_string_equal(id.enrol_code, "");
	assert_memory_equal(id.township_seal_key, f->seal_public, SEAL_PUBLIC_BYTES);
	assert_memory_equal(id.slip_salt, f->salt, SLIP_SALT_BYTES);
	assert_int_equal(enrol_token(other.store, token), ERR_OK);
	assert_string_equal(token, "token-of-k1");
	assert_int_equal(enrol_ticket(other.store, ticket), ERR_NOT_FOUND);
	/* Again with the same grant is fine; as another kiosk it is not. */
	assert_int_equal(fixture_enrol(&other), ERR_OK);
	struct enrol_grant grant = {"k2", "t", f->seal_public, f->seal_public, f->salt};
	assert_int_equal(enrol_finish(other.store, &grant), ERR_STATE);
	uint8_t other_salt[SLIP_SALT_BYTES] = {7}; /* would make every slip that is out unreadable */
	struct enrol_grant resalted = {"k1", "t", f->seal_public, f->seal_public, other_salt};
	assert_int_equal(enrol_finish(other.store, &resalted), ERR_STATE);
	uint8_t sig[SIGN_BYTES];
	assert_int_equal(store_sign(other.store, "DHN1", "x", 1, sig), ERR_OK);
	assert_int_equal(sign_check(id.sign_public, "DHN1", "x", 1, sig), ERR_OK);
	assert_intact(&other);
	store_close(other.store);
}

static json_t *load(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);
	assert_non_null(j);
	return j;
}

static const char content[] =
	"[{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-1\",\"data\":{\"name\":\"李㛃\",\"gender\":"
    "\"女\",\"job\":null,"
	"\"initials\":\"LJ\",\"mandates\":[{\"level\":\"county\",\"constituency\":\"第一选区\",\"villages\":"
    "\"甲村\"},"
	"{\"level\":\"township\",\"constituency\":\"第二选区\",\"villages\":\"乙村\"}]}},"
	"{\"cursor\":2,\"type\":\"group\",\"op\":\"put\",\"id\":\"g-1\",\"data\":{\"name\":\"第一小组\"}},"
	"{\"cursor\":3,\"type\":\"constituency\",\"op\":\"put\",\"id\":\"c-1\",\"data\":{\"name\":\"第一选区\"}},"
	"{\"cursor\":4,\"type\":\"rule\",\"op\":\"put\",\"id\":\"r-1\",\"data\":{\"title\":\"甲制度\",\"text\":"
    "\"第一条 一\\n第二条 二\","
	"\"article_count\":2}},"
	"{\"cursor\":5,\"type\":\"duty\",\"op\":\"put\",\"id\":\"d-1\",\"data\":{\"deputy\":\"p-1\",\"date\":"
    "\"2026-03-12\","
	"\"from\":\"09:00\",\"until\":\"11:30\",\"room\":\"一号\"}}]";

static void test_content(void **state)
{
	struct fixture *f = *state;
	struct deputy_list deputies;
	struct duty_row duty;
	int64_t cursor;
	json_t *page = load(content);
	assert_int_equal(changes_apply(f->store, page, 5), ERR_OK);
	int64_t links = fixture_number(f, "SELECT count(*) FROM audit");
	assert_int_equal(changes_apply(f->store, page, 5), ERR_OK); /* the same page again */
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM audit"), links);
	json_decref(page);
	assert_int_equal(changes_cursor(f->store, &cursor), ERR_OK);
	assert_int_equal(cursor, 5);
	assert_int_equal(store_deputies(f->store, &deputies), ERR_OK);
	assert_int_equal(deputies.count, 1);
	assert_string_equal(deputies.rows[0].name, "李㛃");
	assert_string_equal(deputies.rows[0].levels, "township,county");
	assert_string_equal(deputies.rows[0].villages, "乙村");
	deputy_list_clear(&deputies);
	int64_t then = civil_to_ms((struct civil_date){2026, 3, 12}) + 10 * 3600000;
	assert_int_equal(store_duty_now(f->store, then, &duty), ERR_OK);
	assert_string_equal(duty.deputy, "p-1");
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes"), 0);
	assert_intact(f);
	page = load("[{\"cursor\":6,\"type\":\"deputy\",\"op\":\"del\",\"id\":\"p-1\"},{\"cursor\":7,\"type\":"
	            "\"deputy\",\"op\":\"del\","
	            "\"id\":\"p-1\"},{\"cursor\":8,\"type\":\"rule\",\"op\":\"del\",\"id\":\"r-1\"}]");
	assert_int_equal(changes_apply(f->store, page, 8), ERR_OK);
	json_decref(page);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM deputies"), 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM mandates"), 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM rules"), 0);
	assert_intact(f);
}

/* Each is skipped with its reason; the good one behind them is applied, and the cursor moves on. */
static const char *const malformed[] = {
	"{\"cursor\":1,\"type\":\"evaluation\",\"op\":\"put\",\"id\":\"e-1\",\"data\":{}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-9\",\"data\":{}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-9\",\"data\":{\"name\":7}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-9\",\"data\":{\"name\":\"a\",\"mandates\":[{"
    "\"level\":\"moon\"}]}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-9\",\"data\":{\"name\":\"a\",\"mandates\":["
    "1,2,3,4,5]}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"patch\",\"id\":\"p-9\",\"data\":{\"name\":\"a\"}}",
	"{\"cursor\":1,\"type\":\"deputy\",\"op\":\"put\",\"id\":\"\",\"data\":{\"name\":\"a\"}}",
	"{\"type\":\"deputy\",\"op\":\"put\",\"id\":\"p-9\",\"data\":{\"name\":\"a\"}}",
	"{\"cursor\":1,\"type\":\"rule\",\"op\":\"put\",\"id\":\"r\",\"data\":{\"title\":\"x\"}}",
	"{\"cursor\":1,\"type\":\"rule\",\"op\":\"put\",\"id\":\"r\",\"data\":{\"title\":\"x\",\"text\":\"y\","
    "\"article_count\":-1}}",
	"{\"cursor\":1,\"type\":\"duty\",\"op\":\"put\",\"id\":\"d\",\"data\":{\"deputy\":\"p\",\"date\":\"12/"
    "3\",\"from\":\"9\",\"until\":\"x\"}}",
	"{\"cursor\":1,\"type\":\"case\",\"op\":\"put\",\"id\":\"c\",\"data\":{\"case_id\":\"c\"}}",
	"{\"cursor\":1,\"type\":\"case\",\"op\":\"put\",\"id\":\"c\",\"data\":{\"case_id\":\"c\",\"state\":"
    "\"answered\",\"round\":1,\"rev\":1,"
	"\"view\":\"AAAA\"}}",
	"{\"cursor\":1,\"type\":\"case\",\"op\":\"del\",\"id\":\"c\"}",
	"7",
	"null",
	"[]",
	"\"x\"",
};

static void test_malformed(void **state)
{
	struct fixture *f = *state;
	int64_t cursor;
	enum { COUNT = sizeof malformed / sizeof malformed[0] };
	json_t *page = json_array();
	for (size_t i = 0; i < COUNT; i++)
		json_array_append_new(page, json_loads(malformed[i], JSON_DECODE_ANY, NULL));
	json_array_append_new(
		page,
		json_loads("{\"cursor\":2,\"type\":\"group\",\"op\":\"put\",\"id\":\"g\",\"data\":{\"name\":\"好\"}}",
	               0, NULL));
	assert_int_equal(changes_apply(f->store, page, 2), ERR_OK);
	json_decref(page);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes"), COUNT);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes WHERE reason = ''"), 0);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM groups"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM deputies"), 0);
	assert_int_equal(changes_cursor(f->store, &cursor), ERR_OK);
	assert_int_equal(cursor, 2);
	page = json_object();
	assert_int_equal(changes_apply(f->store, page, 3), ERR_INVALID);
	json_decref(page);
	assert_intact(f);
}

static void test_case_revisions(void **state)
{
	struct fixture *f = *state;
	struct submission s = fixture_submitted(f, 1, false);
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	static const struct { const char *change; int round, rev; const char *now; } steps[] = {
		{"accepted", 1, 2, "accepted"}, {"registered", 1, 1, "accepted"}, {"assigned", 1, 2, "accepted"},
		{"answered", 1, 3, "answered"}, {"sideways", 1, 9, "answered"}, {"answered", 0, 9, "answered"},
	};
	fixture_keys(1, &code, &keys);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		json_t *change = fixture_case_change((json_int_t)i + 1, s.case_id, steps[i].change, steps[i].round,
		                                     steps[i].rev);
		assert_int_equal(fixture_apply(f, change, (int64_t)i + 1), ERR_OK);
		assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
		assert_string_equal(case_state_id(c.state), steps[i].now);
		uint8_t open[8], key[SLIP_VIEW_KEY_BYTES] = {3};
		assert_int_equal(view_decrypt(key, s.case_id, c.view, c.view_len, open), ERR_OK);
		case_summary_clear(&c);
	}
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes"), 2);
	assert_intact(f);
}

/* The page and its cursor are one: when the cursor cannot be written, nothing of the page is. */
static void test_cursor_is_atomic(void **state)
{
	struct fixture *f = *state;
	int64_t cursor;
	json_t *page = load(content);
	assert_int_equal(sqlite3_exec(f->store->db,
	                              "CREATE TRIGGER no BEFORE INSERT ON state WHEN new.key = 'changes_cursor'"
	                              " BEGIN SELECT raise(ABORT, 'no'); END",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_not_equal(changes_apply(f->store, page, 5), ERR_OK);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM deputies"), 0);
	assert_int_equal(sqlite3_exec(f->store->db, "DROP TRIGGER no", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(changes_cursor(f->store, &cursor), ERR_OK);
	assert_int_equal(cursor, 0);
	assert_int_equal(changes_apply(f->store, page, 5), ERR_OK);
	json_decref(page);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM deputies"), 1);
	assert_intact(f);
}

static void test_contact(void **state)
{
	struct fixture *f = *state;
	struct store_counts c;
	assert_int_equal(sync_contact(f->store, 1000, 1000, NULL), ERR_OK);
	assert_int_equal(sync_contact(f->store, 2000, 0, "connection refused"), ERR_OK);
	assert_int_equal(store_counts(f->store, &c), ERR_OK);
	assert_int_equal(c.last_contact_ms, 1000);
	assert_string_equal(c.last_sync_error, "connection refused");
	assert_int_equal(sync_contact(f->store, 3000, 0, NULL), ERR_OK);
	assert_int_equal(store_counts(f->store, &c), ERR_OK);
	assert_int_equal(c.last_contact_ms, 3000);
	assert_string_equal(c.last_sync_error, "");
}

static void test_wake(void **state)
{
	struct fixture *f = *state;
	int fd, again;
	wake_send(f->dir, WAKE_SYNC); /* nobody listens */
	assert_int_equal(wake_listen(f->dir, WAKE_SYNC, &fd), ERR_OK);
	assert_int_equal(wake_drain(fd), 0);
	wake_send(f->dir, WAKE_SYNC);
	wake_send(f->dir, WAKE_SYNC);
	wake_send(f->dir, WAKE_KIOSK);
	assert_int_equal(wake_drain(fd), 2);
	fixture_submitted(f, 1, false); /* a submission wakes the sync by itself */
	assert_int_equal(wake_drain(fd), 1);
	assert_int_equal(wake_listen(f->dir, WAKE_SYNC, &again),
	                 ERR_OK); /* after a kill -9 the socket's file is still there */
	wake_send(f->dir, WAKE_SYNC);
	assert_int_equal(wake_drain(again), 1);
	for (int i = 0; i < 2000; i++)
		wake_send(f->dir, WAKE_SYNC); /* a full queue blocks nobody */
	assert_true(wake_drain(again) > 0);
	close(fd);
	close(again);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_outbox_order),     T(test_park),    T(test_renumber),  T(test_blobs),
		T(test_enrolment),        T(test_content), T(test_malformed), T(test_case_revisions),
		T(test_cursor_is_atomic), T(test_contact), T(test_wake), T(test_box), T(test_box_queue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
