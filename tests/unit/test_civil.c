/* links: kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "model/civil.h"

/* Against the C library's own calendar, in UTC+8, day by day for four centuries. */
static void test_against_gmtime(void **state)
{
	(void)state;
	for (int64_t day = -80000; day < 80000; day++) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		gmtime_r(&t, &tm);
		struct civil_date d = civil_from_day_number(day);
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(civil_day_number(d), day);
		assert_int_equal(civil_weekday(d), tm.tm_wday);
		assert_true(civil_valid(d));
	}
}

static void test_clock(void **state)
{
	(void)state;
	/* 2026-03-12 09:47:05 in the room is 01:47:05 UTC. */
	struct civil_time t = civil_from_ms(1773280025999);
	assert_int_equal(t.date.year, 2026);
	assert_int_equal(t.date.month, 3);
	assert_int_equal(t.date.day, 12);
	assert_int_equal(t.hour * 10000 + t.minute * 100 + t.second, 94705);
	/* Midnight of the room, and the millisecond before it. */
	int64_t midnight = civil_to_ms(t.date);
	assert_int_equal(midnight, 1773244800000);
	assert_int_equal(civil_from_ms(midnight).date.day, 12);
	assert_int_equal(civil_from_ms(midnight - 1).date.day, 11);
	assert_int_equal(civil_from_ms(midnight - 1).second, 59);
	assert_int_equal(civil_from_ms(-1).date.year, 1970);
	assert_int_equal(civil_from_ms(-1).hour, 7);
}

static const struct { struct civil_date from; int months; struct civil_date to; } months[] = {
	{{2026, 1, 31}, 1, {2026, 2, 28}}, {{2028, 1, 31}, 1, {2028, 2, 29}}, {{2026, 11, 30}, 3, {2027, 2, 28}},
	{{2026, 3, 12}, 3, {2026, 6, 12}}, {{2026, 12, 1}, 1, {2027, 1, 1}},  {{2026, 1, 15}, -1, {2025, 12, 15}},
	{{2026, 3, 31}, -13, {2025, 2, 28}}, {{2100, 1, 30}, 1, {2100, 2, 28}}, {{2000, 1, 30}, 1, {2000, 2, 29}},
};

static void test_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
		assert_int_equal(civil_compare(civil_add_months(months[i].from, months[i].months), months[i].to), 0);
	struct civil_date d = {2026, 2, 25}, e = {2026, 3, 12};
	assert_int_equal(civil_compare(civil_add_days(d, 15), e), 0);
	assert_int_equal(civil_compare(civil_add_days(e, -15), d), 0);
	assert_true(civil_compare(d, e) < 0 && civil_compare(e, d) > 0);
}

static const struct { const char *text; bool good;
} dates[] = {
	{"2026-03-12", true},  {"2028-02-29", true},  {"2026-02-29", false},
	{"2026-13-01", false}, {"2026-00-10", false}, {"2026-04-31", false},
	{"0000-01-01", false}, {"2026-3-12", false},  {"2026-03-12 ", false},
	{" 2026-03-1", false}, {"2026/03/12", false}, {"20260312", false},
	{"", false},           {"abcd-ef-gh", false},
};

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		struct civil_date d = {1, 1, 1};
		enum err e = civil_parse(dates[i].text, &d);
		assert_int_equal(e, dates[i].good ? ERR_OK : ERR_INVALID);
		char text[11];
		civil_format(d, text);
		assert_string_equal(text, dates[i].good ? dates[i].text : "0001-01-01");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_gmtime), cmocka_unit_test(test_clock), cmocka_unit_test(test_add),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
