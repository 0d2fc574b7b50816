/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* The voter's path through the store: submit, find, rate; what is left on the disk, and what is not. */
#include "tests/unit/store_fixture.h"

static void test_submit(void **state)
{
	struct fixture *f = *state;
	struct submission s = fixture_submitted(f, 1, true);
	assert_string_equal(s.receipt, "2090-0312-0001");
	assert_true(uuid_valid(s.case_id));
	assert_int_equal(s.at_ms, fixture_clock);
	assert_true(s.clock_ok);
	assert_string_equal(fixture_submitted(f, 2, false).receipt, "2090-0312-0002");
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM blobs"), 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM audit WHERE kind = 'case.submitted'"), 2);
	assert_intact(f);
}

/* The event is what the township will read: it opens with the kiosk's key, and the seal with the township's.
 */
static void test_event_and_seal(void **state)
{
	struct fixture *f = *state;
	struct submission s = fixture_submitted(f, 1, true);
	struct outbox_batch batch;
	struct event_head head;
	json_t *root;
	assert_int_equal(outbox_next(f->store, 10, 100000, &batch), ERR_OK);
	assert_int_equal(batch.count, 1);
	assert_int_equal(event_open(batch.events[0].payload, batch.events[0].payload_len, batch.events[0].sig,
	                            f->store->sign_public, &head, &root),
	                 ERR_OK);
	assert_string_equal(head.type, "case.submitted");
	assert_string_equal(head.kiosk, "k1");
	assert_int_equal(head.seq, 1);
	json_t *data = json_object_get(root, "data");
	assert_string_equal(json_string_value(json_object_get(data, "case_id")), s.case_id);
	assert_string_equal(json_string_value(json_object_get(data, "receipt")), s.receipt);
	assert_string_equal(json_string_value(json_object_get(data, "kind")), "complaint");
	assert_string_equal(json_string_value(json_object_get(data, "subject")), "roads");
	assert_true(json_is_null(json_object_get(data, "deputy")));
	assert_int_equal(json_string_length(json_object_get(data, "lookup")), 64);
	assert_int_equal(json_array_size(json_object_get(data, "blobs")), 2);

	const char *sealed = json_string_value(json_object_get(data, "sealed"));
	uint8_t bytes[8192], open[8192];
	size_t len;
	assert_int_equal(sodium_base642bin(bytes, sizeof bytes, sealed, strlen(sealed), NULL, &len, NULL,
	                                   sodium_base64_VARIANT_ORIGINAL),
	                 0);
	assert_int_equal(seal_open(f->seal_public, f->seal_secret, bytes, len, open), ERR_OK);
	json_t *report = json_loadb((char *)open, len - SEAL_OVERHEAD_BYTES, 0, NULL);
	struct slip_code code;
	struct slip_keys keys;
	fixture_keys(1, &code, &keys);
	assert_string_equal(json_string_value(json_object_get(report, "text")), FIXTURE_TEXT);
	assert_string_equal(json_string_value(json_object_get(report, "code")), code.chars);
	assert_string_equal(json_string_value(json_object_get(report, "name")), FIXTURE_NAME);

	/* The voice, by the sum in the sealed part. */
	json_t *blob = json_array_get(json_object_get(report, "blobs"), 1);
	char path[512];
	uint8_t *file;
	size_t file_len;
	snprintf(path, sizeof path, "%s/blobs/%s", f->dir, json_string_value(json_object_get(blob, "sha256")));
	assert_int_equal(file_read(path, 100000, &file, &file_len), ERR_OK);
	assert_int_equal(seal_open(f->seal_public, f->seal_secret, file, file_len, open), ERR_OK);
	assert_memory_equal(open, FIXTURE_VOICE, sizeof FIXTURE_VOICE);
	assert_int_equal(json_integer_value(json_object_get(blob, "ms")), 2500);
	free(file);
	json_decref(report);
	json_decref(root);
	outbox_batch_clear(&batch);
}

static struct slip_code secret_code;
static const char *const secrets[] = {FIXTURE_TEXT, FIXTURE_NAME,      FIXTURE_PHONE, FIXTURE_VOICE,
                                      "DHK1:",      secret_code.chars, NULL};
static int secrets_found;

static int look_for_secrets(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	uint8_t *bytes;
	size_t len;
	(void)st;
	(void)ftw;
	if (type != FTW_F || file_read(path, 1u << 28, &bytes, &len) != ERR_OK)
		return 0;
	for (int i = 0; secrets[i]; i++) {
		if (memmem(bytes, len, secrets[i], strlen(secrets[i]))) {
			print_error("\"%s\" stands in %s\n", secrets[i], path);
			secrets_found++;
		}
	}
	free(bytes);
	return 0;
}

/* Neither database nor journal nor blobs hold a word of it, before the journal is folded in and after. */
static void test_no_plaintext_on_disk(void **state)
{
	struct fixture *f = *state;
	char path[256];
	struct slip_keys keys;
	struct submission s = fixture_submitted(f, 1, true);
	fixture_keys(1, &secret_code, &keys);
	assert_int_equal(fixture_apply(f, fixture_case_change(1, s.case_id, "answered", 1, 1), 1), ERR_OK);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_PARTLY, FIXTURE_TEXT), ERR_OK);
	snprintf(path, sizeof path, "%s/kiosk.db-wal", f->dir);
	assert_true(file_exists(path));
	secrets_found = 0;
	assert_int_equal(nftw(f->dir, look_for_secrets, 8, 0), 0);
	fixture_reopen(f);
	assert_int_equal(nftw(f->dir, look_for_secrets, 8, 0), 0);
	assert_int_equal(secrets_found, 0);
	/* And the search does find what is there. */
	snprintf(path, sizeof path, "%s/planted", f->dir);
	assert_int_equal(file_write(path, "x" FIXTURE_NAME "x", sizeof FIXTURE_NAME + 1), ERR_OK);
	print_message("(the next line is meant)\n");
	assert_int_equal(nftw(f->dir, look_for_secrets, 8, 0), 0);
	assert_int_equal(secrets_found, 1);
}

static void test_find(void **state)
{
	struct fixture *f = *state;
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	struct submission s = fixture_submitted(f, 5, false);
	fixture_keys(5, &code, &keys);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	assert_string_equal(c.case_id, s.case_id);
	assert_string_equal(c.receipt, s.receipt);
	assert_int_equal(c.kind, REPORT_COMPLAINT);
	assert_string_equal(c.subject, "roads");
	assert_string_equal(c.deputy, "");
	assert_int_equal(c.state, CASE_REGISTERED);
	assert_int_equal(c.round, 1);
	assert_false(c.rated);
	assert_false(c.synced);
	assert_int_equal(c.view_rev, 0);
	assert_null(c.view);
	case_summary_clear(&c);
	assert_int_equal(outbox_ack(f->store, 1), ERR_OK);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	assert_true(c.synced);
	case_summary_clear(&c);
	keys.lookup[0] ^= 1;
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_NOT_FOUND);
}

static void test_rate(void **state)
{
	struct fixture *f = *state;
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	struct submission s = fixture_submitted(f, 1, false);
	fixture_keys(1, &code, &keys);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_SATISFIED, ""), ERR_STATE);
	assert_int_equal(fixture_apply(f, fixture_case_change(1, s.case_id, "answered", 1, 1), 1), ERR_OK);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_UNSATISFIED, "没有修"), ERR_OK);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_SATISFIED, ""), ERR_STATE);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	assert_true(c.rated);
	assert_int_equal(c.rating, RATING_UNSATISFIED);
	assert_int_equal(c.state, CASE_REDO);
	case_summary_clear(&c);
	/* The township mends a word of its answer: that is no new round, and the judgement stands. */
	assert_int_equal(fixture_apply(f, fixture_case_change(2, s.case_id, "answered", 1, 2), 2), ERR_OK);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_SATISFIED, ""), ERR_STATE);
	/* Answered again in a second round: it may be rated again. */
	assert_int_equal(fixture_apply(f, fixture_case_change(3, s.case_id, "redo", 2, 3), 3), ERR_OK);
	assert_int_equal(fixture_apply(f, fixture_case_change(4, s.case_id, "answered", 2, 4), 4), ERR_OK);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	assert_false(c.rated);
	assert_int_equal(c.round, 2);
	assert_int_equal(c.view_rev, 4);
	assert_non_null(c.view);
	case_summary_clear(&c);
	assert_int_equal(store_rate(f->store, s.case_id, RATING_SATISFIED, ""), ERR_OK);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM events WHERE type = 'case.rated'"), 2);
	assert_int_equal(store_rate(f->store, "no-such-case", RATING_SATISFIED, ""), ERR_NOT_FOUND);
	assert_intact(f);
}

static void test_receipts_and_clock(void **state)
{
	struct fixture *f = *state;
	static const int64_t day = 86400000;
	static const struct { int64_t step; const char *receipt; bool clock_ok; } rows[] = {
		{0, "2090-0312-0001", true},
		{1, "2090-0312-0002", true},
		{day, "2090-0313-0001", true},
		{-day, "2090-0312-0003", false}, /* back: goes on counting in that day, and is marked */
		{0, "2090-0312-0004", false},
		{day, "2090-0313-0002", true},
		{-20 * 365 * day, "2070-0318-0001", false},
		{20 * 365 * day, "2090-0313-0003", true},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fixture_clock += rows[i].step;
		struct submission s = fixture_submitted(f, i, false);
		assert_string_equal(s.receipt, rows[i].receipt);
		assert_int_equal(s.clock_ok, rows[i].clock_ok);
	}
	assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), 8);
	/* A clock that once stood in the future does not spoil every later time: the township vouches for it. */
	fixture_clock += 1000 * day;
	assert_true(fixture_submitted(f, 20, false).clock_ok);
	fixture_clock -= 1000 * day;
	assert_false(fixture_submitted(f, 21, false).clock_ok);
	assert_int_equal(sync_contact(f->store, fixture_clock, fixture_clock + 2000, NULL), ERR_OK);
	assert_true(fixture_submitted(f, 22, false).clock_ok);
	/* And a clock that differs from the township's is not believed. */
	assert_int_equal(sync_contact(f->store, fixture_clock, fixture_clock + 3600000, NULL), ERR_OK);
	assert_false(fixture_submitted(f, 23, false).clock_ok);
	assert_intact(f);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	struct report r;
	struct slip_code code;
	struct slip_keys keys;
	struct submission s;
	fixture_keys(1, &code, &keys);
	fixture_report(&r, false);
	r.kind_chosen = false;
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_INVALID);
	fixture_report(&r, false);
	r.subject[0] = '\0';
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_INVALID);
	fixture_report(&r, false);
	strcpy(r.text, " \n");
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_INVALID);
	fixture_report(&r, false);
	strcpy(r.name, "\xFF");
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_INVALID);
	/* The same slip twice would let one voter read the other's case. */
	fixture_report(&r, true);
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_OK);
	assert_int_equal(store_submit(f->store, &r, &code, &keys, &s), ERR_EXISTS);
	report_wipe(&r);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM cases"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM blobs"), 2);
	assert_intact(f);
}

static void test_not_enrolled(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	struct submission s;
	snprintf(other.dir, sizeof other.dir, "%s/other", f->root);
	assert_int_equal(store_create(other.dir), ERR_OK);
	fixture_open(&other, STORE_OWNER);
	assert_int_equal(fixture_submit(&other, 1, true, &s), ERR_STATE);
	assert_int_equal(store_create(other.dir), ERR_EXISTS);
	store_close(other.store);
}

static void test_lists(void **state)
{
	struct fixture *f = *state;
	static const char csv[] =
		"姓名,性别,出生年月,选区,所辖村,层级,职务,拼音首字母\n"
		"丁一,男,1970-01,第十选区,庚村,乡,农民,DY\n甲二,女,1970-02,第二选区,乙村、丙村,乡,教师,JE\n"
		"乙三,男,1970-03,第十二选区,丁村,乡,,YS\n丙四,女,1970-04,第一选区,丙村,县,,BS\n"
		"丙四,女,1970-04,第二选区,丙村,乡,,BS\n戊五,男,1970-05,全市,,市,,WW\n戊五,男,1970-05,第三选区,,县,,WW\n";
	static const char rules_text[] = "乙制度\n第一条 一\n第二条 二\n甲办法\n第一条 三\n";
	static const char *const order[] = {"丙四", "甲二", "丁一", "乙三", "戊五"};
	static const char *const villages[] = {"丙村", "乙村", "庚村", "丁村"};
	struct roster roster;
	struct roster_problems problems;
	struct rules_text rules;
	struct deputy_list deputies;
	struct village_list list;
	struct rule_list titles;
	int64_t link = 0;
	char *text;
	assert_false(store_deputies_changed(f->store, &link)); /* there has been none */
	assert_int_equal(roster_parse_csv(csv, sizeof csv - 1, &roster, &problems), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK); /* again: the same */
	assert_int_equal(store_deputies(f->store, &deputies), ERR_OK);
	assert_int_equal(deputies.count, 5);
	assert_true(store_deputies_changed(f->store, &link));
	assert_false(store_deputies_changed(f->store, &link));
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(deputies.rows[i].name, order[i]);
	assert_string_equal(deputies.rows[0].levels, "township,county");
	assert_string_equal(deputies.rows[0].constituency, "第二选区");
	assert_string_equal(deputies.rows[4].levels, "county,city");
	assert_string_equal(deputies.rows[4].constituency, "第三选区");
	assert_string_equal(deputies.rows[1].job, "教师");
	assert_int_equal(deputies_villages(&deputies, &list), ERR_OK);
	deputy_list_clear(&deputies);
	assert_int_equal(list.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(list.names[i], villages[i]);
	village_list_clear(&list);

	/* A shorter roster takes the others out. */
	roster.count = 2;
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	assert_int_equal(store_deputies(f->store, &deputies), ERR_OK);
	assert_int_equal(deputies.count, 2);
	deputy_list_clear(&deputies);
	assert_true(store_deputies_changed(f->store, &link));
	roster_clear(&roster);
	roster_problems_clear(&problems);

	assert_int_equal(rules_text_parse(rules_text, sizeof rules_text - 1, &rules), ERR_OK);
	assert_int_equal(store_import_rules(f->store, &rules), ERR_OK);
	assert_false(store_deputies_changed(f->store, &link));
	assert_int_equal(store_rules(f->store, &titles), ERR_OK);
	assert_int_equal(titles.count, 2);
	assert_string_equal(titles.rows[0].title, "乙制度"); /* the document's order */
	assert_int_equal(titles.rows[0].article_count, 2);
	assert_int_equal(store_rule_text(f->store, titles.rows[0].id, &text), ERR_OK);
	assert_string_equal(text, "第一条 一\n第二条 二");
	free(text);
	assert_int_equal(store_rule_text(f->store, "none", &text), ERR_NOT_FOUND);
	rule_list_clear(&titles);
	rules_text_clear(&rules);
	assert_intact(f);
}

static int64_t at(int day, int hour, int minute)
{
	return civil_to_ms((struct civil_date){2026, 3, day}) + (hour * 60 + minute) * 60000;
}

static void test_duty(void **state)
{
	struct fixture *f = *state;
	static const char csv[] = "姓名,性别,出生年月,选区,层级\n丁一,男,1970-01,一,乡\n甲二,女,1970-02,二,乡\n甲二,女,1971-02,二,乡\n";
	static const char rota[] = "日期,开始,结束,代表,房间\n周四,09:00,11:30,丁一,一号\n2026-03-12,09:00,10:00,丁一,二号\n";
	static const char wrong[] = "日期,开始,结束,代表,房间\n周一,09:00,11:30,丙六,\n周一,09:00,11:30,甲二,\n";
	struct roster roster;
	struct roster_problems problems, more = {0};
	struct duty_plan plan;
	struct duty_row row;
	assert_int_equal(roster_parse_csv(csv, sizeof csv - 1, &roster, &problems), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	assert_int_equal(duty_parse_csv(rota, sizeof rota - 1, &plan, &problems), ERR_OK);
	assert_int_equal(store_import_duty(f->store, &plan, &more), ERR_OK);
	duty_plan_clear(&plan);
	static const struct { int day, hour, minute; const char *room;
	} rows[] = {
		{12, 8, 59, ""},  {12, 9, 0, "二号"}, {12, 9, 59, "二号"}, {12, 10, 0, "一号"}, {12, 11, 29, "一号"},
		{12, 11, 30, ""}, {19, 9, 0, "一号"}, {13, 9, 0, ""}, /* 12 and 19 March 2026 are Thursdays */
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(store_duty_now(f->store, at(rows[i].day, rows[i].hour, rows[i].minute), &row),
		                 ERR_OK);
		assert_string_equal(row.room, rows[i].room);
		assert_int_equal(row.deputy[0] != '\0', rows[i].room[0] != '\0');
	}
	/* Not in the roster, and twice in it: both told, and the old rota stays. */
	assert_int_equal(duty_parse_csv(wrong, sizeof wrong - 1, &plan, &problems), ERR_OK);
	assert_int_equal(store_import_duty(f->store, &plan, &more), ERR_INVALID);
	assert_int_equal(more.count, 2);
	assert_int_equal(more.items[0].row, 2);
	assert_int_equal(more.items[1].row, 3);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM duties"), 2);
	duty_plan_clear(&plan);
	roster_clear(&roster);
	roster_problems_clear(&more);
	assert_intact(f);
}

static void test_version(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	int64_t before = store_version(f->store);
	assert_int_equal(store_version(f->store), before);
	fixture_submitted(f, 1, false);
	int64_t own = store_version(f->store);
	assert_true(own > before);
	fixture_open(&other, 0);
	assert_int_equal(sync_contact(other.store, 1, 0, "no route"), ERR_OK);
	assert_true(store_version(f->store) > own);
	store_close(other.store);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_submit),  T(test_event_and_seal), T(test_no_plaintext_on_disk),
		T(test_find),    T(test_rate),           T(test_receipts_and_clock),
		T(test_refused), T(test_not_enrolled),   T(test_lists),
		T(test_duty),    T(test_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
