/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/card_token.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* What the screens read of activities: the lists of them, one activity's roll, one deputy's year. */
#include "tests/unit/attendance_fixture.h"

static void test_lists_of_activities(void **state)
{
	struct fixture *f = *state;
	struct activity_list list;
	struct activity_row a;
	int64_t hour = 60 * MINUTE;
	fixture_deputies(f, 3);
	for (int i = 0; i < 4; i++) {
		char id[16];
		snprintf(id, sizeof id, "a-%d", i);
		fixture_activity(f, id, 2, json_pack("{s:I, s:I}", "starts", (json_int_t)(fixture_start + i * 24 * hour), "ends",
		                                     (json_int_t)(fixture_start + (i * 24 + 3) * hour)));
	}
	fixture_activity(f, "a-x", 2, json_pack("{s:b}", "cancelled", 1));
	fixture_activity(f, "a-long", 2, json_pack("{s:I, s:b}", "starts", (json_int_t)(fixture_start - 6 * 24 * hour),
	                                           "signs_out", 1));
	assert_int_equal(store_activities(f->store, fixture_start, fixture_start + 25 * hour, &list), ERR_OK);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.rows[0].activity.id, "a-long");
	assert_string_equal(list.rows[1].activity.id, "a-0");
	assert_string_equal(list.rows[2].activity.id, "a-1");
	assert_int_equal(list.rows[1].activity.kind, ACTIVITY_HOME);
	assert_string_equal(list.rows[1].activity.title, "法律法规学习");
	assert_string_equal(list.rows[1].activity.place, "二楼会议室");
	assert_int_equal(list.rows[1].activity.ends_ms, fixture_start + 3 * hour);
	assert_int_equal(list.rows[1].activity.opens_min, 120);
	assert_int_equal(list.rows[1].invited, 2);
	activity_list_clear(&list);
	/* The one that is signed out of lingers; a day later both are over. */
	assert_int_equal(store_activities(f->store, fixture_start + 3 * hour + MINUTE, fixture_start + 20 * hour, &list), ERR_OK);
	assert_true(list.count >= 1);
	assert_string_equal(list.rows[0].activity.id, "a-long");
	activity_list_clear(&list);
	assert_int_equal(store_activities(f->store, fixture_start + 20 * hour, fixture_start + 21 * hour, &list), ERR_OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(store_activity(f->store, "a-x", &a), ERR_OK);
	assert_true(a.activity.cancelled);
	assert_int_equal(store_activity(f->store, "a", &a), ERR_NOT_FOUND);
}

static void test_roll(void **state)
{
	struct fixture *f = *state;
	static const char csv[] = "姓名,性别,出生年月,选区,所辖村,层级,职务,拼音首字母,代表小组\n"
							  "丁一,男,1970-01,第十选区,庚村,乡,农民,DY,一组\n甲二,女,1970-02,第二选区,乙村,乡,教师,JE,一组\n"
							  "丙四,女,1970-04,第一选区,丙村,县,,BS,二组\n丙四,女,1970-04,第二选区,丙村,乡,,BS,二组\n"
							  "戊五,男,1970-05,全市,,市,,WW,二组\n己六,男,1970-06,第一选区,,乡,,JL,二组\n";
	static const char *const order[] = {"丙四", "甲二", "丁一", "戊五", "p-stray", "己六"};
	struct roster roster;
	struct roster_problems problems;
	struct deputy_list deputies;
	struct roll roll;
	struct sign_in_result r;
	assert_int_equal(roster_parse_csv(csv, sizeof csv - 1, &roster, &problems), ERR_OK);
	assert_int_equal(store_import_roster(f->store, &roster), ERR_OK);
	roster_clear(&roster);
	assert_int_equal(store_deputies(f->store, &deputies), ERR_OK);
	json_t *list = json_array(), *data = fixture_activity_data(0, NULL);
	for (size_t i = 0; i < deputies.count; i++)
		if (strcmp(deputies.rows[i].name, "己六") != 0)
			json_array_append_new(list, json_pack("{s:s, s:s}", "deputy", deputies.rows[i].id, "seat", "甲区"));
	json_array_append_new(list, json_pack("{s:s}", "deputy", "p-stray"));
	json_object_set_new(data, "invited", list);
	fixture_put(f, "activity", "a-1", data);
	fixture_at(0);
	for (size_t i = 0; i < deputies.count; i++)
		if (strcmp(deputies.rows[i].name, "己六") == 0 || strcmp(deputies.rows[i].name, "甲二") == 0)
			assert_int_equal(fixture_sign(f, "a-1", deputies.rows[i].id, &r), ERR_OK);
	deputy_list_clear(&deputies);
	assert_int_equal(store_roll(f->store, "a-1", &roll), ERR_OK);
	assert_int_equal(roll.count, 6);
	for (size_t i = 0; i < 6; i++) {
		bool in = i == 1 || i == 5;
		assert_string_equal(roll.rows[i].name, order[i]);
		assert_int_equal(roll.rows[i].row.signed_in, in);
		assert_int_equal(roll.rows[i].row.listed, i != 5);
		assert_string_equal(roll.rows[i].row.seat, i < 4 ? "甲区" : "");
	}
	assert_string_equal(roll.rows[0].group, "二组");
	roll_clear(&roll);
	assert_int_equal(store_roll(f->store, "a", &roll), ERR_OK); /* the list of none, and of no longer name */
	assert_int_equal(roll.count, 0);
	roll_clear(&roll);
}

static void test_year(void **state)
{
	struct fixture *f = *state;
	struct deputy_activities list;
	struct attendance_sum sum;
	static const struct { const char *id; int days; bool invited, cancelled; } rows[] = {
		{"a-0", -400, true, false}, /* of another year */
		{"a-1", -40, true, false},  /* came in time */
		{"a-2", -30, true, false},  /* late */
		{"a-3", -20, true, false},  /* on leave */
		{"a-4", -10, true, false},  /* stayed away */
		{"a-5", -9, true, true},    /* cancelled */
		{"a-6", -8, false, false},  /* a guest */
		{"a-7", 10, true, false},   /* still to come */
		{"a-8", -7, false, false},  /* not theirs */
	};
	int64_t now = fixture_clock;
	fixture_deputies(f, 2);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_int_t starts = fixture_start + rows[i].days * INT64_C(86400000);
		fixture_activity(f, rows[i].id, rows[i].invited ? 1 : 0,
		                 json_pack("{s:I, s:I, s:b}", "starts", starts, "ends", starts + 60 * MINUTE, "cancelled",
		                           rows[i].cancelled));
	}
	fixture_clock = fixture_start - 41 * INT64_C(86400000);
	assert_int_equal(store_ask_leave(f->store, "a-3", "p-0001", LEAVE_AWAY), ERR_OK);
	fixture_clock = fixture_start - 40 * INT64_C(86400000);
	fixture_signed(f, "a-1", "p-0001");
	fixture_clock = fixture_start - 30 * INT64_C(86400000) + 20 * MINUTE;
	fixture_signed(f, "a-2", "p-0001");
	fixture_clock = fixture_start - 8 * INT64_C(86400000);
	fixture_signed(f, "a-6", "p-0001");
	fixture_clock = now;
	assert_int_equal(store_deputy_year(f->store, "p-0001", 2090, now, &list, &sum), ERR_OK);
	assert_int_equal(list.count, 7);
	static const char *const order[] = {"a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7"};
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(list.rows[i].activity.id, order[i]);
	assert_true(list.rows[0].row.signed_in);
	assert_int_equal(list.rows[1].row.timing, TIMING_LATE);
	assert_int_equal(list.rows[2].row.leave, LEAVE_ASKED);
	assert_false(list.rows[3].row.signed_in);
	assert_false(list.rows[5].row.listed);
	deputy_activities_clear(&list);
	assert_int_equal(sum.due, 4);
	assert_int_equal(sum.attended, 2);
	assert_int_equal(sum.late, 1);
	assert_int_equal(sum.leave, 1);
	/* Half an hour into a-4 nobody has missed it yet. */
	assert_int_equal(store_deputy_year(f->store, "p-0001", 2090, fixture_start - 10 * INT64_C(86400000) + 30 * MINUTE, &list, &sum), ERR_OK);
	assert_int_equal(sum.due, 3);
	deputy_activities_clear(&list);
	assert_int_equal(store_deputy_year(f->store, "p-0002", 2090, now, &list, &sum), ERR_OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(sum.due, 0);
	deputy_activities_clear(&list);
	assert_intact(f);
}

/* In December leave can be asked for from what is in January; what one came to early there counts for that year. */
static void test_end_of_year(void **state)
{
	struct fixture *f = *state;
	struct deputy_activities list;
	struct attendance_sum sum;
	const int64_t new_year = civil_to_ms((struct civil_date){2091, 1, 1}), day = INT64_C(86400000);
	static const struct { const char *id; int days; } rows[] = {{"a-1", -20}, {"a-2", 0}, {"a-3", 30}, {"a-4", 61}};
	fixture_deputies(f, 1);
	for (size_t i = 0; i < 4; i++)
		fixture_activity(f, rows[i].id, 1, json_pack("{s:I, s:I}", "starts", (json_int_t)(new_year + rows[i].days * day), "ends",
		                                             (json_int_t)(new_year + rows[i].days * day + 60 * MINUTE)));
	fixture_clock = new_year - 30 * MINUTE;
	fixture_signed(f, "a-2", "p-0001");
	assert_int_equal(store_deputy_year(f->store, "p-0001", 2090, fixture_clock, &list, &sum), ERR_OK);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.rows[2].activity.id, "a-3");
	assert_int_equal(sum.due, 1);
	assert_int_equal(sum.attended, 0);
	deputy_activities_clear(&list);
	fixture_clock = new_year;
	assert_int_equal(store_deputy_year(f->store, "p-0001", 2090, fixture_clock, &list, &sum), ERR_OK); /* a year that is over */
	assert_int_equal(list.count, 1);
	deputy_activities_clear(&list);
	assert_int_equal(store_deputy_year(f->store, "p-0001", 2091, fixture_clock, &list, &sum), ERR_OK);
	assert_int_equal(list.count, 3);
	assert_int_equal(sum.attended, 1);
	deputy_activities_clear(&list);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {T(test_lists_of_activities), T(test_roll), T(test_year), T(test_end_of_year)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
