/* links: kiosk/model/activity_csv.c kiosk/model/activity.c kiosk/model/duty_text.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/civil.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/activity_csv.h"

#define HEAD "编号,名称,类别,日期,开始,结束,地点,参加人员,签到提前,法定人数,签退\n"

static const struct civil_date today = {2026, 2, 26};
enum { MINUTE = 60 * 1000 };

/* From exactly the bytes that there are. */
static enum err parse(const char *text, size_t len, struct activity_plan *plan, struct roster_problems *p)
{
	char *copy = malloc(len ? len : 1);
	assert_non_null(copy);
	if (len)
		memcpy(copy, text, len);
	memset(p, 0, sizeof *p);
	enum err e = activity_parse_csv(copy, len, today, plan, p);
	free(copy);
	return e;
}

static void clear(struct activity_plan *plan, struct roster_problems *p)
{
	activity_plan_clear(plan);
	assert_null(plan->rows);
	roster_problems_clear(p);
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
	return civil_to_ms((struct civil_date){year, month, day}) + (int64_t)(hour * 60 + minute) * MINUTE;
}

static void assert_who(const struct activity_plan_row *row, size_t i, int kind, const char *name, const char *seat)
{
	assert_true(i < row->who_count);
	assert_int_equal(row->who[i].kind, kind);
	assert_string_equal(row->who[i].name, name);
	assert_string_equal(row->who[i].seat, seat);
}

static void test_a_table(void **state)
{
	(void)state;
	static const char text[] =
		"\xEF\xBB\xBF备注,结束,名称,日期,参加人员,开始,地点,类别,签退,签到提前,法定人数\r\n"
		"x,17:00,法律法规学习,2026-03-12,\"全体、马建国（3排6号）\",14:30,二楼会议室,学习培训,是,60,46\r\n"
		"\r\n"
		",11:30,代表之家活动,今天+7,\"乡代表，县代表；市代表,第一代表小组、 李 山 ( 主席台 ) 、\",9:00,,,,,\r\n";
	struct activity_plan plan;
	struct roster_problems p;
	assert_int_equal(parse(text, sizeof text - 1, &plan, &p), ERR_OK);
	assert_int_equal(plan.count, 2);
	const struct activity *a = &plan.rows[0].activity, *b = &plan.rows[1].activity;
	assert_int_equal(plan.rows[0].row, 2);
	assert_string_equal(a->title, "法律法规学习");
	assert_string_equal(a->place, "二楼会议室");
	assert_int_equal(a->kind, ACTIVITY_TRAINING);
	assert_int_equal(a->starts_ms, at(2026, 3, 12, 14, 30));
	assert_int_equal(a->ends_ms, at(2026, 3, 12, 17, 0));
	assert_true(a->signs_out && !a->cancelled);
	assert_int_equal(a->opens_min, 60);
	assert_int_equal(a->grace_min, ACTIVITY_GRACE_MIN);
	assert_int_equal(a->quorum, 46);
	assert_int_equal(plan.rows[0].who_count, 2);
	assert_who(&plan.rows[0], 0, WHO_ALL, "", "");
	assert_who(&plan.rows[0], 1, WHO_NAME, "马建国", "3排6号");

	assert_int_equal(plan.rows[1].row, 4);
	assert_int_equal(b->kind, ACTIVITY_HOME);
	assert_int_equal(b->starts_ms, at(2026, 3, 5, 9, 0)); /* seven days after 26 February */
	assert_int_equal(b->opens_min, ACTIVITY_OPENS_MIN);
	assert_int_equal(b->quorum, 0);
	assert_false(b->signs_out);
	assert_string_equal(b->place, "");
	assert_int_equal(plan.rows[1].who_count, 5);
	assert_who(&plan.rows[1], 0, WHO_LEVEL, "township", "");
	assert_who(&plan.rows[1], 1, WHO_LEVEL, "county", "");
	assert_who(&plan.rows[1], 2, WHO_LEVEL, "city", "");
	assert_who(&plan.rows[1], 3, WHO_NAME, "第一代表小组", "");
	assert_who(&plan.rows[1], 4, WHO_NAME, "李山", "主席台"); /* stretched, and with blanks about the brackets */
	clear(&plan, &p);
}

/* hashlib.blake2b("2026-11", digest_size=32), and over "法律法规学习\0" "1773297000000\0" "二楼会议室\0": the same in every import. */
static const struct { const char *row, *id; } ids[] = {
	{"2026-11,x,,今天,09:00,10:00,甲,全体,,,\n", "a-e44688bf0d6037a1"},
	{"2026-11,别的,,今天+3,11:00,12:00,乙,全体,,,\n", "a-e44688bf0d6037a1"},
	{",法律法规学习,学习培训,2026-03-12,14:30,17:00,二楼会议室,全体,,,\n", "a-94639530b7cb3920"},
	{",法律法规学习,会议,2026-03-12,14:30,18:00,二楼会议室,乡代表,,,\n", "a-94639530b7cb3920"},
};

static void test_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		char text[512];
		struct activity_plan plan;
		struct roster_problems p;
		snprintf(text, sizeof text, HEAD "%s", ids[i].row);
		assert_int_equal(parse(text, strlen(text), &plan, &p), ERR_OK);
		assert_string_equal(plan.rows[0].activity.id, ids[i].id);
		clear(&plan, &p);
	}
}

static const struct { const char *text; int year, month, day; } days[] = {
	{"2026-03-12", 2026, 3, 12}, {"今天", 2026, 2, 26}, {"今天+0", 2026, 2, 26}, {"今天+3", 2026, 3, 1},
	{"今天-26", 2026, 1, 31},    {"今天+20", 2026, 3, 18}, {"今天-57", 2025, 12, 31},
};

static const char *const kinds[ACTIVITY_KIND_COUNT] = {
	"会议", "代表之家活动", "小组活动", "学习培训", "视察", "专题调研", "述职评议", "民情恳谈", "经验交流",
};

static void test_days_and_kinds(void **state)
{
	(void)state;
	char text[512];
	struct activity_plan plan;
	struct roster_problems p;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		snprintf(text, sizeof text, HEAD ",x,,%s,00:00,23:59,,全体,,,\n", days[i].text);
		assert_int_equal(parse(text, strlen(text), &plan, &p), ERR_OK);
		assert_int_equal(plan.rows[0].activity.starts_ms, at(days[i].year, days[i].month, days[i].day, 0, 0));
		clear(&plan, &p);
	}
	static const char night[] = HEAD ",x,,2026-03-12,22:00,次日02:00,,全体,,,\n";
	assert_int_equal(parse(night, sizeof night - 1, &plan, &p), ERR_OK);
	assert_int_equal(plan.rows[0].activity.ends_ms, at(2026, 3, 13, 2, 0));
	clear(&plan, &p);
	for (int k = 0; k < ACTIVITY_KIND_COUNT; k++) {
		snprintf(text, sizeof text, HEAD ",x,%s,今天,00:00,23:59,,全体,,,\n", kinds[k]);
		assert_int_equal(parse(text, strlen(text), &plan, &p), ERR_OK);
		assert_int_equal(plan.rows[0].activity.kind, k);
		clear(&plan, &p);
	}
}

static const struct { const char *text; int row; const char *fault, *value; } bad[] = {
	{"", 1, "文件是空的", ""},
	{"名称,日期,开始,结束\nx,今天,09:00,10:00\n", 1, "第一行缺少这一列的标题", "参加人员"},
	{HEAD ",,会议,今天,09:00,10:00,,全体,,,\n", 2, "没有写活动名称，或名称太长", ""},
	{HEAD "\n,x,聚餐,今天,09:00,10:00,,全体,,,\n", 3,
	 "类别应当是 会议、代表之家活动、小组活动、学习培训、视察、专题调研、述职评议、民情恳谈 或 经验交流", "聚餐"},
	{HEAD ",x,,2026-02-30,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "2026-02-30"},
	{HEAD ",x,,明天,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "明天"},
	{HEAD ",x,,今天+,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天+"},
	{HEAD ",x,,今天7,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天7"},
	{HEAD ",x,,今天+-7,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天+-7"},
	{HEAD ",x,,今天+7天,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天+7天"},
	{HEAD ",x,,今天+99999999999999999,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天+99999999999999999"},
	{HEAD ",x,,,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", ""},
	{HEAD ",x,,今天,9点,10:00,,全体,,,\n", 2, "时间应当像 09:00", "9点"},
	{HEAD ",x,,今天,09:00,24:00,,全体,,,\n", 2, "时间应当像 09:00", "24:00"},
	{HEAD ",x,,今天,,10:00,,全体,,,\n", 2, "时间应当像 09:00", ""},
	{HEAD ",x,,今天,00:00,x,,全体,,,\n", 2, "时间应当像 09:00", "x"},
	{HEAD ",x,,今天,9:5,10:00,,全体,,,\n", 2, "时间应当像 09:00", "9:5"},
	{HEAD ",x,,今天,009:00,10:00,,全体,,,\n", 2, "时间应当像 09:00", "009:00"},
	{HEAD ",x,,今天,10:00,00:00,,全体,,,\n", 2, "结束应当在开始之后", "00:00"},
	{HEAD ",x,,今天+3661,09:00,10:00,,全体,,,\n", 2, "日期应当像 2026-03-12、今天 或 今天+7", "今天+3661"},
	{HEAD ",x,,今天\n", 2, "时间应当像 09:00", ""}, /* the row ends before its columns do */
	{HEAD ",x,,今天,09:00,10:00\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", ""},
	{HEAD ",x,,今天,09:00,10:00,,　（3排）,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", "　（3排）"},
	{HEAD ",x,,今天,10:00,次日,,全体,,,\n", 2, "时间应当像 09:00", "次日"},
	{HEAD ",x,,今天,10:00,10:00,,全体,,,\n", 2, "结束应当在开始之后", "10:00"},
	{HEAD ",x,,今天,10:00,09:59,,全体,,,\n", 2, "结束应当在开始之后", "09:59"},
	{HEAD ",x,,今天,09:00,10:00,,,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", ""},
	{HEAD ",x,,今天,09:00,10:00,,、、,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", ""},
	{HEAD ",x,,今天,09:00,10:00,,马建国（3排,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", "马建国（3排"},
	{HEAD ",x,,今天,09:00,10:00,,（3排）,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", "（3排）"},
	{HEAD ",x,,今天,09:00,10:00,,马建国（3排）组长,,,\n", 2, "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）", "马建国（3排）组长"},
	{HEAD ",x,,今天,09:00,10:00,,全体,-5,,\n", 2, "应当是一个不太大的数", "-5"},
	{HEAD ",x,,今天,09:00,10:00,,全体,10081,,\n", 2, "应当是一个不太大的数", "10081"},
	{HEAD ",x,,今天,09:00,10:00,,全体,0,半数,\n", 2, "应当是一个不太大的数", "半数"},
	{HEAD ",x,,今天,09:00,10:00,,全体,,20001,\n", 2, "应当是一个不太大的数", "20001"},
	{HEAD ",x,,今天,09:00,10:00,,全体,,,也许\n", 2, "应当写 是 或 否", "也许"},
	{HEAD ",x,,今天,09:00,10:00,甲,全体,,,\n,x,会议,今天,09:00,11:00,甲,乡代表,,,\n", 3, "同一场活动写了两次", "x"},
	{HEAD "7,x,,今天,09:00,10:00,甲,全体,,,\n7,y,,今天+1,09:00,10:00,甲,全体,,,\n", 3, "同一场活动写了两次", "y"},
	{HEAD "\",x,,今天,09:00,10:00,,全体,,,\n", 2, "引号没有成对，或列太多", ""},
	{HEAD ",x\xFF,,今天,09:00,10:00,,全体,,,\n", 1, "不是 UTF-8 文字，请用 UTF-8 编码另存", ""},
};

static void test_bad_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct activity_plan plan;
		struct roster_problems p;
		char what[256];
		assert_int_equal(parse(bad[i].text, strlen(bad[i].text), &plan, &p), ERR_INVALID);
		assert_int_equal(p.count, 1);
		snprintf(what, sizeof what, bad[i].value[0] ? "%s：%s" : "%s", bad[i].fault, bad[i].value);
		assert_string_equal(p.items[0].what, what);
		assert_string_equal(p.items[0].fault, bad[i].fault);
		assert_int_equal(p.items[0].row, bad[i].row);
		clear(&plan, &p);
	}
}

/* A title and a name of nothing that can be seen. */
static void test_unseen(void **state)
{
	(void)state;
	static const struct { const char *text, *fault; } unseen[] = {
		{HEAD ",\x01,,今天,09:00,10:00,,全体,,,\n", "没有写活动名称，或名称太长"},
		{HEAD ",x,,今天,09:00,10:00,,\x01,,,\n", "没有写参加人员，或写法不对（用顿号隔开，座位写在括号里）"},
	};
	for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
		struct activity_plan plan;
		struct roster_problems p;
		assert_int_equal(parse(unseen[i].text, strlen(unseen[i].text), &plan, &p), ERR_INVALID);
		assert_int_equal(p.count, 1);
		assert_string_equal(p.items[0].fault, unseen[i].fault);
		clear(&plan, &p);
	}
}

static void test_every_bad_row_is_told(void **state)
{
	(void)state;
	struct activity_plan plan;
	struct roster_problems p;
	static const char text[] = HEAD ",x,,昨天,09:00,10:00,,全体,,,\n,y,,今天,09:00,10:00,,全体,,,\n,z,聚餐,今天,09:00,10:00,,全体,,,\n";
	assert_int_equal(parse(text, sizeof text - 1, &plan, &p), ERR_INVALID);
	assert_int_equal(p.count, 2);
	assert_int_equal(p.items[0].row, 2);
	assert_int_equal(p.items[1].row, 4);
	clear(&plan, &p);
	static const char nul[] = HEAD ",x\0,,今天,09:00,10:00,,全体,,,\n";
	assert_int_equal(parse(nul, sizeof nul - 1, &plan, &p), ERR_INVALID);
	assert_int_equal(p.count, 1);
	clear(&plan, &p);
}

/* The largest numbers, and blanks of both widths. */
static void test_edges(void **state)
{
	(void)state;
	static const char text[] =
		HEAD ",x,,今天+3660,0:00,23:59,,　 马建国　（　3排 6号　） 、欧阳　明明、 王　芳(　) ,10080,20000,要\n"
		",y,,今天-3660,09:00,10:00,,全体,0,0,不\n";
	struct activity_plan plan;
	struct roster_problems p;
	assert_int_equal(parse(text, sizeof text - 1, &plan, &p), ERR_OK);
	assert_int_equal(plan.rows[0].who_count, 3);
	assert_who(&plan.rows[0], 0, WHO_NAME, "马建国", "3排 6号");
	assert_who(&plan.rows[0], 1, WHO_NAME, "欧阳　明明", "");
	assert_who(&plan.rows[0], 2, WHO_NAME, "王芳", "");
	assert_int_equal(plan.rows[0].activity.opens_min, 10080);
	assert_int_equal(plan.rows[0].activity.quorum, 20000);
	assert_true(plan.rows[0].activity.signs_out);
	assert_int_equal(plan.rows[1].activity.opens_min, 0);
	assert_false(plan.rows[1].activity.signs_out);
	clear(&plan, &p);
}

/* One row, and one name in a row, above what is taken. */
static void test_too_many(void **state)
{
	(void)state;
	enum { ROWS = 2001, NAMES = 20001 };
	static char text[NAMES * 8 + 256];
	struct activity_plan plan;
	struct roster_problems p;
	size_t n = (size_t)snprintf(text, sizeof text, HEAD);
	for (int i = 0; i < ROWS; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d,y,,今天,09:00,10:00,,全体,,,\n", i);
	assert_int_equal(parse(text, n, &plan, &p), ERR_INVALID);
	assert_int_equal(p.count, 1);
	assert_int_equal(p.items[0].row, ROWS + 1);
	assert_string_equal(p.items[0].fault, "活动表太长");
	clear(&plan, &p);
	n = (size_t)snprintf(text, sizeof text, HEAD ",x,,今天,09:00,10:00,,");
	for (int i = 0; i < NAMES; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d;", i);
	n += (size_t)snprintf(text + n, sizeof text - n, ",,,\n");
	assert_int_equal(parse(text, n, &plan, &p), ERR_INVALID);
	assert_int_equal(p.count, 1);
	assert_int_equal(p.items[0].row, 2);
	assert_string_equal(p.items[0].fault, "参加人员太多");
	clear(&plan, &p);
}

/* More rows, and more names in a row, than anything of a fixed size holds. */
static void test_many(void **state)
{
	(void)state;
	enum { ROWS = 200, NAMES = 500 };
	static char text[ROWS * 80 + NAMES * 16];
	struct activity_plan plan;
	struct roster_problems p;
	size_t n = (size_t)snprintf(text, sizeof text, HEAD ",x,,今天,09:00,10:00,,");
	for (int i = 0; i < NAMES; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "甲%d、", i);
	n += (size_t)snprintf(text + n, sizeof text - n, ",,,\n");
	for (int i = 1; i < ROWS; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d,y,,今天+%d,09:00,10:00,,全体,,,\n", i, i);
	assert_int_equal(parse(text, n, &plan, &p), ERR_OK);
	assert_int_equal(plan.count, ROWS);
	assert_int_equal(plan.rows[0].who_count, NAMES);
	assert_who(&plan.rows[0], NAMES - 1, WHO_NAME, "甲499", "");
	assert_int_equal(plan.rows[ROWS - 1].activity.starts_ms, at(2026, 2, 26, 9, 0) + (int64_t)(ROWS - 1) * 24 * 60 * MINUTE);
	clear(&plan, &p);
}

/* Whenever somebody tries the demo, one activity is open, one ahead and one past. */
static void test_demo(void **state)
{
	(void)state;
	static char text[1 << 14];
	struct activity_plan plan;
	struct roster_problems p;
	FILE *f = fopen("db/demo/activities.csv", "rb");
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof text, f);
	fclose(f);
	assert_true(len > 0 && len < sizeof text);
	assert_int_equal(parse(text, len, &plan, &p), ERR_OK);
	static const int hours[] = {0, 8, 12, 19, 23};
	for (size_t h = 0; h < sizeof hours / sizeof hours[0]; h++) {
		int phases[ACTIVITY_OVER + 1] = {0};
		for (size_t i = 0; i < plan.count; i++)
			phases[activity_phase_at(&plan.rows[i].activity, at(2026, 2, 26, hours[h], 30))]++;
		assert_int_equal(phases[ACTIVITY_OPEN], 1);
		assert_true(phases[ACTIVITY_AHEAD] >= 2 && phases[ACTIVITY_OVER] >= 2);
	}
	clear(&plan, &p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table), cmocka_unit_test(test_ids), cmocka_unit_test(test_days_and_kinds),
		cmocka_unit_test(test_bad_rows), cmocka_unit_test(test_unseen), cmocka_unit_test(test_every_bad_row_is_told), cmocka_unit_test(test_edges), cmocka_unit_test(test_many),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_demo),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
