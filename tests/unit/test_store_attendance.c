/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/card_token.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* At the door: signing in and out, leave, and what is odd. */
#include "tests/unit/attendance_fixture.h"

static int64_t events_of(struct fixture *f, const char *type)
{
	char sql[128];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM events WHERE type = '%s'", type);
	return fixture_number(f, sql);
}

static void test_timings(void **state)
{
	struct fixture *f = *state;
	static const struct { int minute; enum presented what; enum timing timing; } rows[] = {
		{-121, PRESENTED_NOT_YET, 0},           {-120, PRESENTED_SIGN_IN, TIMING_EARLY},
		{-31, PRESENTED_SIGN_IN, TIMING_EARLY}, {-29, PRESENTED_SIGN_IN, TIMING_ON_TIME},
		{0, PRESENTED_SIGN_IN, TIMING_ON_TIME}, {4, PRESENTED_SIGN_IN, TIMING_ON_TIME},
		{6, PRESENTED_SIGN_IN, TIMING_LATE},    {FIXTURE_LENGTH_MIN - 1, PRESENTED_SIGN_IN, TIMING_LATE},
		{FIXTURE_LENGTH_MIN + 1, PRESENTED_OVER, 0},
	};
	int64_t recorded = 0;
	fixture_deputies(f, 12);
	fixture_activity(f, "a-1", 12, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char deputy[16];
		snprintf(deputy, sizeof deputy, "p-%04u", (unsigned)i + 1);
		fixture_at(rows[i].minute);
		int64_t version = store_version(f->store);
		struct sign_in_result r = fixture_signed(f, "a-1", deputy);
		assert_int_equal(r.what, rows[i].what);
		bool in = rows[i].what == PRESENTED_SIGN_IN;
		recorded += in;
		assert_int_equal(r.row.signed_in, in);
		assert_int_equal(store_version(f->store) > version, in);
		assert_true(r.row.listed);
		if (!in)
			continue;
		assert_int_equal(r.row.timing, rows[i].timing);
		assert_int_equal(r.row.in_ms, fixture_clock);
		assert_true(r.row.clock_ok);
		assert_int_equal(r.row.by, SIGN_BY_CARD);
		assert_false(r.row.elsewhere);
		assert_string_equal(r.row.kiosk, "k1");
		assert_string_equal(r.row.seat, "1排");
	}
	assert_int_equal(events_of(f, "attendance.signed_in"), recorded);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), recorded);
	assert_intact(f);
}

static void test_event(void **state)
{
	struct fixture *f = *state;
	struct sign_in in = {"a-1", "p-0001", SIGN_BY_QR, 7, false};
	struct sign_in_result r;
	const char *activity, *deputy, *by, *timing;
	int listed, on_leave, fd;
	json_int_t issue;
	fixture_deputies(f, 2);
	fixture_activity(f, "a-1", 1, NULL);
	fixture_at(-10);
	assert_int_equal(wake_listen(f->dir, WAKE_SYNC, &fd), ERR_OK);
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_OK);
	assert_int_equal(wake_drain(fd), 1);
	json_t *data = fixture_newest_event(f, "attendance.signed_in");
	assert_int_equal(json_object_size(data), 7);
	assert_int_equal(json_unpack(data, "{s:s, s:s, s:s, s:s, s:b, s:b, s:I}", "activity", &activity, "deputy", &deputy, "by",
	                             &by, "timing", &timing, "listed", &listed, "on_leave", &on_leave, "issue", &issue),
	                 0);
	assert_string_equal(activity, "a-1");
	assert_string_equal(deputy, "p-0001");
	assert_string_equal(by, "qr");
	assert_string_equal(timing, "on_time");
	assert_true(listed);
	assert_false(on_leave);
	assert_int_equal(issue, 7);
	json_decref(data);

	/* Again is one sign-in, and wakes nobody. */
	in.by = SIGN_BY_CARD;
	fixture_at(20);
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_OK);
	assert_int_equal(r.what, PRESENTED_ALREADY);
	assert_int_equal(r.row.in_ms, fixture_start - 10 * MINUTE);
	assert_int_equal(r.row.by, SIGN_BY_QR);
	assert_int_equal(r.row.timing, TIMING_ON_TIME);
	assert_int_equal(wake_drain(fd), 0);
	assert_int_equal(events_of(f, "attendance.signed_in"), 1);
	close(fd);

	in.by = SIGN_BY_PHONE;
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_INVALID);
	in.by = SIGN_BY_QR;
	in.issue = 0;
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_INVALID);
	assert_int_equal(fixture_sign(f, "a-2", "p-0001", &r), ERR_NOT_FOUND);
	assert_int_equal(fixture_sign(f, "a-1", "p-0009", &r), ERR_NOT_FOUND);
	assert_intact(f);
}

static void test_guest(void **state)
{
	struct fixture *f = *state;
	struct activity_row a;
	fixture_deputies(f, 3);
	fixture_activity(f, "a-1", 2, NULL);
	fixture_at(-10);
	struct sign_in_result r = fixture_signed(f, "a-1", "p-0003");
	assert_int_equal(r.what, PRESENTED_SIGN_IN);
	assert_false(r.row.listed);
	assert_string_equal(r.row.seat, "");
	fixture_signed(f, "a-1", "p-0001");
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.invited, 2);
	assert_int_equal(a.present, 1);
	assert_int_equal(a.guests, 1);
	/* Written onto the list afterwards: what was at the door stays, and they count as one of the list. */
	fixture_activity(f, "a-1", 3, NULL);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.present, 2);
	assert_int_equal(a.guests, 0);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0003", &r.row), ERR_OK);
	assert_false(r.row.listed);
	assert_intact(f);
}

static void test_leave(void **state)
{
	struct fixture *f = *state;
	struct attendance_row row;
	struct activity_row a;
	const char *reason;
	fixture_deputies(f, 4);
	fixture_activity(f, "a-1", 4, NULL);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_int_equal(row.leave, LEAVE_NONE);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0001", LEAVE_ILL), ERR_OK);
	json_t *data = fixture_newest_event(f, "leave.asked");
	assert_int_equal(json_object_size(data), 3);
	assert_int_equal(json_unpack(data, "{s:s}", "reason", &reason), 0);
	assert_string_equal(reason, "ill");
	json_decref(data);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0001", LEAVE_ILL), ERR_STATE); /* once */
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0009", LEAVE_ILL), ERR_NOT_FOUND);
	assert_int_equal(store_ask_leave(f->store, "a-9", "p-0001", LEAVE_ILL), ERR_NOT_FOUND);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0001", LEAVE_REASON_COUNT), ERR_INVALID);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_int_equal(row.leave, LEAVE_ASKED);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.on_leave, 1);

	/* The office answers. */
	fixture_put(f, "leave", "a-1/p-0001",
	            json_pack("{s:s, s:s, s:I, s:s, s:s}", "activity", "a-1", "deputy", "p-0001", "at",
	                      (json_int_t)fixture_clock, "reason", "ill", "state", "granted"));
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_int_equal(row.leave, LEAVE_GRANTED);
	/* And comes all the same: recorded as that, and no longer away. */
	fixture_at(-10);
	struct sign_in_result r = fixture_signed(f, "a-1", "p-0001");
	assert_int_equal(r.what, PRESENTED_SIGN_IN);
	assert_true(r.row.on_leave);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.on_leave, 0);
	assert_int_equal(a.present, 1);
	/* Who is there, or whose activity has begun, asks for none. */
	fixture_signed(f, "a-1", "p-0002");
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0002", LEAVE_WORK), ERR_STATE);
	fixture_at(1);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0003", LEAVE_WORK), ERR_STATE);
	assert_intact(f);
}

static void test_leave_refused(void **state)
{
	struct fixture *f = *state;
	struct attendance_row row;
	struct activity_row a;
	fixture_deputies(f, 1);
	fixture_activity(f, "a-1", 1, NULL);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0001", LEAVE_WORK), ERR_OK);
	fixture_put(f, "leave", "a-1/p-0001",
	            json_pack("{s:s, s:s, s:I, s:s, s:s}", "activity", "a-1", "deputy", "p-0001", "at",
	                      (json_int_t)fixture_clock, "reason", "work", "state", "refused"));
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_int_equal(row.leave, LEAVE_REFUSED);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.on_leave, 0);
	assert_int_equal(store_ask_leave(f->store, "a-1", "p-0001", LEAVE_ILL), ERR_STATE);
	fixture_at(-10);
	assert_false(fixture_signed(f, "a-1", "p-0001").row.on_leave);
	assert_intact(f);
}

static void test_two_kiosks(void **state)
{
	struct fixture *f = *state;
	struct flag_list flags;
	const char *deputy, *by;
	fixture_deputies(f, 3);
	fixture_activity(f, "a-1", 3, NULL);
	fixture_at(-20);
	fixture_signed_elsewhere(f, "a-1", "p-0001", "k2", NULL);
	fixture_signed_elsewhere(f, "a-1", "p-0002", "", NULL);
	fixture_signed_elsewhere(f, "a-1", "p-0003", "k1", NULL); /* our own, come back after a restore */
	fixture_at(-10);
	for (int again = 0; again < 3; again++) {
		struct sign_in_result r = fixture_signed(f, "a-1", "p-0001");
		assert_int_equal(r.what, PRESENTED_ALREADY);
		assert_true(r.row.elsewhere);
		assert_string_equal(r.row.kiosk, "k2");
		assert_int_equal(r.row.in_ms, fixture_start - 20 * MINUTE);
		assert_int_equal(events_of(f, "attendance.repeated"), 1);
		r = fixture_signed(f, "a-1", "p-0002");
		assert_int_equal(r.what, PRESENTED_ALREADY);
		assert_int_equal(r.row.by, SIGN_BY_PHONE);
		assert_true(r.row.elsewhere);
		r = fixture_signed(f, "a-1", "p-0003");
		assert_int_equal(r.what, PRESENTED_ALREADY);
		assert_false(r.row.elsewhere);
	}
	assert_int_equal(events_of(f, "attendance.repeated"), 1);
	assert_int_equal(events_of(f, "attendance.signed_in"), 0);
	json_t *data = fixture_newest_event(f, "attendance.repeated");
	assert_int_equal(json_object_size(data), 7);
	assert_int_equal(json_unpack(data, "{s:s, s:s}", "deputy", &deputy, "by", &by), 0);
	assert_string_equal(deputy, "p-0001");
	json_decref(data);
	/* The township says the same of it, and something else. */
	fixture_put(f, "flag", "t-1",
	            json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)fixture_clock + 5, "what", "two_kiosks", "deputy",
	                      "p-0001", "activity", "a-1", "detail", "k1 k2"));
	fixture_put(f, "flag", "t-2",
	            json_pack("{s:I, s:s, s:s, s:s}", "at", (json_int_t)fixture_clock + 7, "what", "unknown_deputy", "deputy", "p-x",
	                      "activity", "a-1"));
	assert_int_equal(store_flags(f->store, 10, &flags), ERR_OK);
	assert_int_equal(flags.count, 2);
	assert_string_equal(flags.rows[0].what, "unknown_deputy");
	assert_string_equal(flags.rows[0].detail, "");
	assert_string_equal(flags.rows[1].what, "two_kiosks");
	assert_string_equal(flags.rows[1].deputy, "p-0001");
	assert_string_equal(flags.rows[1].activity, "a-1");
	assert_string_equal(flags.rows[1].detail, "k2");
	assert_int_equal(flags.rows[1].at_ms, fixture_clock);
	flag_list_clear(&flags);
	assert_int_equal(store_flags(f->store, 1, &flags), ERR_OK);
	assert_int_equal(flags.count, 1);
	flag_list_clear(&flags);
	assert_intact(f);
}

static void test_signing_out(void **state)
{
	struct fixture *f = *state;
	struct sign_in in = {"a-1", "p-0001", SIGN_BY_CARD, 0, true};
	struct sign_in_result r;
	fixture_deputies(f, 4);
	fixture_activity(f, "a-1", 4, json_pack("{s:b}", "signs_out", 1));
	fixture_activity(f, "a-2", 4, NULL);
	fixture_at(0);
	fixture_signed(f, "a-1", "p-0001");
	fixture_signed(f, "a-1", "p-0002");
	fixture_signed_elsewhere(f, "a-1", "p-0003", "k2", NULL);
	fixture_signed(f, "a-2", "p-0001");
	fixture_at(60);
	assert_int_equal(fixture_signed(f, "a-1", "p-0001").what, PRESENTED_ALREADY);
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_OK); /* the wish, before its time */
	assert_int_equal(r.what, PRESENTED_SIGN_OUT);
	assert_true(r.row.signed_out);
	assert_int_equal(r.row.out_ms, fixture_clock);
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_OK);
	assert_int_equal(r.what, PRESENTED_ALREADY_OUT);
	strcpy(in.activity, "a-2"); /* that asks for none */
	assert_int_equal(store_sign_in(f->store, &in, &r), ERR_OK);
	assert_int_equal(r.what, PRESENTED_ALREADY);
	fixture_at(FIXTURE_LENGTH_MIN - 10);
	assert_int_equal(fixture_signed(f, "a-1", "p-0002").what, PRESENTED_SIGN_OUT);
	assert_int_equal(fixture_signed(f, "a-1", "p-0002").what, PRESENTED_ALREADY_OUT);
	r = fixture_signed(f, "a-1", "p-0003"); /* came in by another door */
	assert_int_equal(r.what, PRESENTED_SIGN_OUT);
	assert_true(r.row.elsewhere);
	assert_int_equal(events_of(f, "attendance.repeated"), 0);
	assert_int_equal(events_of(f, "attendance.signed_out"), 3);
	json_t *data = fixture_newest_event(f, "attendance.signed_out");
	assert_int_equal(json_object_size(data), 3);
	json_decref(data);
	assert_intact(f);
}

static void test_cancelled_and_unsure(void **state)
{
	struct fixture *f = *state;
	fixture_deputies(f, 3);
	fixture_activity(f, "a-1", 3, json_pack("{s:b}", "cancelled", 1));
	fixture_activity(f, "a-2", 3, NULL);
	fixture_at(0);
	assert_int_equal(fixture_signed(f, "a-1", "p-0001").what, PRESENTED_CANCELLED);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), 0);
	fixture_signed(f, "a-2", "p-0001");
	/* The clock falls back by years: nobody is sent away, and no timing is claimed. */
	fixture_clock -= INT64_C(20) * 365 * 86400000;
	struct sign_in_result r = fixture_signed(f, "a-2", "p-0002");
	assert_int_equal(r.what, PRESENTED_SIGN_IN);
	assert_int_equal(r.row.timing, TIMING_UNKNOWN);
	assert_false(r.row.clock_ok);
	assert_intact(f);
}

static void test_not_enrolled(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	struct sign_in_result r;
	char path[PHONE_PATH_SIZE];
	snprintf(other.dir, sizeof other.dir, "%s/other", f->root);
	assert_int_equal(store_create(other.dir), ERR_OK);
	fixture_open(&other, STORE_OWNER);
	fixture_deputies(&other, 1);
	fixture_activity(&other, "a-1", 1, NULL);
	fixture_at(0);
	assert_int_equal(fixture_sign(&other, "a-1", "p-0001", &r), ERR_STATE);
	assert_int_equal(store_ask_leave(other.store, "a-1", "p-0001", LEAVE_ILL), ERR_STATE);
	assert_int_equal(store_note_odd(other.store, "card_lost", "p-0001", 1), ERR_STATE);
	assert_int_equal(store_phone_path(other.store, "a-1", fixture_clock, path), ERR_STATE);
	assert_int_equal(fixture_number(&other, "SELECT count(*) FROM events"), 0);
	store_close(other.store);
}

static void test_odd(void **state)
{
	struct fixture *f = *state;
	struct flag_list flags;
	json_int_t issue;
	fixture_deputies(f, 2);
	fixture_clock = civil_to_ms((struct civil_date){2090, 3, 12}) + 23 * 60 * (int64_t)MINUTE;
	for (int again = 0; again < 3; again++) {
		assert_int_equal(store_note_odd(f->store, "card_lost", "p-0001", 2), ERR_OK);
		assert_int_equal(store_note_odd(f->store, "card_expired", "p-0001", 2), ERR_OK);
		assert_int_equal(store_note_odd(f->store, "card_lost", "p-0002", 1), ERR_OK);
	}
	assert_int_equal(events_of(f, "credential.odd"), 3);
	fixture_clock += 60 * MINUTE; /* midnight in the room */
	assert_int_equal(store_note_odd(f->store, "card_lost", "p-0001", 3), ERR_OK);
	assert_int_equal(events_of(f, "credential.odd"), 4);
	json_t *data = fixture_newest_event(f, "credential.odd");
	assert_int_equal(json_object_size(data), 3);
	assert_int_equal(json_unpack(data, "{s:I}", "issue", &issue), 0);
	assert_int_equal(issue, 3);
	json_decref(data);
	assert_int_equal(store_note_odd(f->store, "card_eaten", "p-0001", 3), ERR_INVALID);
	assert_int_equal(store_note_odd(f->store, "card_lost", "", 3), ERR_INVALID);
	assert_int_equal(store_flags(f->store, 10, &flags), ERR_OK);
	assert_int_equal(flags.count, 4);
	assert_string_equal(flags.rows[0].what, "card_lost");
	assert_string_equal(flags.rows[0].deputy, "p-0001");
	assert_string_equal(flags.rows[0].detail, "3");
	flag_list_clear(&flags);
	assert_intact(f);
}

/* A full disk (here the limit of pages) at any point: nothing of it is kept, and the next time it works. */
static void test_full(void **state)
{
	struct fixture *f = *state;
	char sql[64];
	int failures = 0;
	fixture_deputies(f, 300);
	fixture_activity(f, "a-1", 300, NULL);
	fixture_at(0);
	for (unsigned i = 1; i <= 300; i++) {
		char deputy[16];
		struct sign_in_result r;
		snprintf(deputy, sizeof deputy, "p-%04u", i);
		int64_t pages = fixture_number(f, "PRAGMA page_count");
		for (int64_t more = 0;; more++) {
			snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)(pages + more));
			assert_int_equal(db_exec(f->store->db, sql), ERR_OK);
			enum err e = fixture_sign(f, "a-1", deputy, &r);
			if (e == ERR_OK)
				break;
			assert_int_equal(e, ERR_FULL);
			failures++;
			assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), i - 1);
			assert_int_equal(fixture_number(f, "SELECT count(*) FROM events"), i - 1);
			assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), i - 1);
		}
		assert_int_equal(r.what, PRESENTED_SIGN_IN);
	}
	assert_in_range(failures, 5, 1000);
	assert_intact(f);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_timings),      T(test_event),       T(test_guest),     T(test_leave),
		T(test_leave_refused),  T(test_two_kiosks),  T(test_signing_out), T(test_cancelled_and_unsure),
		T(test_not_enrolled), T(test_odd),         T(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
