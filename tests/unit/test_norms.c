/* links: kiosk/model/norms.c kiosk/model/attendance.c kiosk/model/activity.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/norms.h"

static const struct norm_result *find(const struct norm_result *results, size_t count, const char *what)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(results[i].what, what) == 0)
			return &results[i];
	return NULL;
}

static void a_year_that_is_over_is_met_or_short(void **state)
{
	(void)state;
	struct norm_year y = {.quarters_begun = 4, .quarters_over = 4, .home_by_quarter = {2, 2, 0, 2},
	                      .home = {.due = 10, .attended = 9}};
	struct norm_result r[NORM_MAX];
	y.held[ACTIVITY_HOME] = 6;
	y.held[ACTIVITY_INSPECTION] = 1;
	y.held[ACTIVITY_RESEARCH] = 1;
	size_t n = norms_of_home(&y, r);
	assert_int_equal(find(r, n, "第一季度的家活动")->state, NORM_MET);
	assert_int_equal(find(r, n, "第三季度的家活动")->state, NORM_SHORT);
	assert_int_equal(find(r, n, "全年的家活动")->state, NORM_MET);
	assert_int_equal(find(r, n, "家活动的参加率")->state, NORM_MET);
	assert_int_equal(find(r, n, "视察")->state, NORM_SHORT);
	assert_int_equal(find(r, n, "专题调研")->state, NORM_MET);
}

static void what_may_still_come_is_not_short(void **state)
{
	(void)state;
	struct norm_year y = {.quarters_begun = 3, .quarters_over = 2, .home_by_quarter = {1, 0, 0, 0}};
	struct norm_result r[NORM_MAX];
	y.held[ACTIVITY_HOME] = 1;
	size_t n = norms_of_home(&y, r);
	assert_null(find(r, n, "第四季度的家活动"));
	assert_int_equal(find(r, n, "第二季度的家活动")->state, NORM_SHORT);
	assert_int_equal(find(r, n, "第三季度的家活动")->state, NORM_AHEAD);
	assert_int_equal(find(r, n, "全年的家活动")->state, NORM_AHEAD);
	assert_int_equal(find(r, n, "家活动的参加率")->state, NORM_NONE);
}

static void ninety_percent_is_enough_and_less_is_not(void **state)
{
	(void)state;
	struct attendance_sum enough = {.due = 10, .attended = 9}, less = {.due = 100, .attended = 89}, none = {0};
	assert_int_equal(norm_of_deputy(&enough, true).state, NORM_MET);
	assert_int_equal(norm_of_deputy(&less, true).state, NORM_SHORT);
	assert_int_equal(norm_of_deputy(&less, false).state, NORM_AHEAD);
	assert_int_equal(norm_of_deputy(&none, true).state, NORM_NONE);
	assert_int_equal(norm_of_group(0, false).state, NORM_AHEAD);
	assert_int_equal(norm_of_group(0, true).state, NORM_SHORT);
	assert_int_equal(norm_of_group(1, true).state, NORM_MET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_year_that_is_over_is_met_or_short),
		cmocka_unit_test(what_may_still_come_is_not_short),
		cmocka_unit_test(ninety_percent_is_enough_and_less_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
