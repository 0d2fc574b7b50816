/* links: kiosk/model/duty_text.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/civil.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/duty_text.h"

#define HEAD "日期,开始,结束,代表,房间\n"

static const struct { const char *row; const char *day, *from, *until; } good[] = {
	{"周一,09:00,11:30,秦满仓,一号", "w1", "09:00", "11:30"},
	{"星期日,9:00,11:30,秦满仓,", "w7", "09:00", "11:30"},
	{"每周三,00:00,23:59,秦满仓,", "w3", "00:00", "23:59"},
	{"周天,09:00,11:30,秦满仓,", "w7", "09:00", "11:30"},
	{"2026-03-12,14:30,17:00,秦满仓,", "2026-03-12", "14:30", "17:00"},
};

static const struct { const char *row, *fault; } bad[] = {
	{"周八,09:00,11:30,秦满仓,", "日期应当像 2026-03-12 或 周一"},
	{"2026-02-30,09:00,11:30,秦满仓,", "日期应当像 2026-03-12 或 周一"},
	{"周一,24:00,25:00,秦满仓,", "时间应当像 09:00"},
	{"周一,09:60,11:30,秦满仓,", "时间应当像 09:00"},
	{"周一,09:00,9点,秦满仓,", "时间应当像 09:00"},
	{"周一,11:30,09:00,秦满仓,", "结束应当在开始之后"},
	{"周一,09:00,11:30,,", "没有写代表，或姓名太长"},
};

static enum err parse_row(const char *row, struct duty_plan *plan, struct roster_problems *problems)
{
	char text[512] = HEAD;
	strcat(text, row);
	return duty_parse_csv(text, strlen(text), plan, problems);
}

static void test_rows(void **state)
{
	(void)state;
	struct duty_plan plan;
	struct roster_problems problems;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(parse_row(good[i].row, &plan, &problems), ERR_OK);
		assert_int_equal(plan.count, 1);
		assert_string_equal(plan.slots[0].day, good[i].day);
		assert_string_equal(plan.slots[0].from, good[i].from);
		assert_string_equal(plan.slots[0].until, good[i].until);
		assert_string_equal(plan.slots[0].name, "秦满仓");
		duty_plan_clear(&plan);
		roster_problems_clear(&problems);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(parse_row(bad[i].row, &plan, &problems), ERR_INVALID);
		assert_int_equal(problems.count, 1);
		assert_int_equal(problems.items[0].row, 2);
		assert_string_equal(problems.items[0].fault, bad[i].fault);
		duty_plan_clear(&plan);
		roster_problems_clear(&problems);
	}
	assert_int_equal(duty_parse_csv("日期,开始,代表\n", strlen("日期,开始,代表\n"), &plan, &problems), ERR_INVALID);
	assert_string_equal(problems.items[0].what, "第一行缺少这一列的标题：结束");
	duty_plan_clear(&plan);
	roster_problems_clear(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
