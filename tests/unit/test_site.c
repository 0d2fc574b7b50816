/* links: kiosk/app/site.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "app/site.h"

/* The store is not asked here. */
enum err store_deputies(struct store *store, struct deputy_list *list) { (void)store; (void)list; return ERR_IO; }
enum err store_villages(struct store *store, struct village_list *list) { (void)store; (void)list; return ERR_IO; }
enum err store_rules(struct store *store, struct rule_list *list) { (void)store; (void)list; return ERR_IO; }
enum err store_duty_now(struct store *store, int64_t ms, struct duty_row *duty)
{
	(void)store;
	(void)ms;
	(void)duty;
	return ERR_IO;
}
void deputy_list_clear(struct deputy_list *list) { (void)list; }
void village_list_clear(struct village_list *list) { (void)list; }
void rule_list_clear(struct rule_list *list) { (void)list; }

static bool serves(const char *villages, const char *village)
{
	struct deputy_row deputy = { 0 };
	snprintf(deputy.villages, sizeof deputy.villages, "%s", villages);
	return site_deputy_serves(&deputy, village);
}

static void whole_names_only(void **state)
{
	(void)state;
	assert_true(serves("新街村", "新街村"));
	assert_true(serves("石门村、新街村、河沿村", "新街村"));
	assert_true(serves("石门村、新街村", "新街村"));
	assert_false(serves("新街村二组", "新街村"));
	assert_false(serves("大新街村", "新街村"));
	assert_false(serves("", "新街村"));
}

static void a_longer_name_before_it_hides_nothing(void **state)
{
	(void)state;
	assert_true(serves("新街村二组、新街村", "新街村"));
	assert_true(serves("大新街村、新街村", "新街村"));
	assert_true(serves("、新街村", "新街村"));
	assert_false(serves("A、B", "新街村"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_names_only),
		cmocka_unit_test(a_longer_name_before_it_hides_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
