/* links: kiosk/app/site.c kiosk/model/activity.c kiosk/model/civil.c kiosk/model/err.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "app/site.h"

/* The store is not asked here, only counted. */
static int reads;
static bool changed = true;
enum err store_deputies(struct store *store, struct deputy_list *list)
{
	(void)store;
	(void)list;
	reads++;
	return ERR_OK;
}
enum err deputies_villages(const struct deputy_list *deputies, struct village_list *list) { (void)deputies; (void)list; return ERR_OK; }
bool store_deputies_changed(struct store *store, int64_t *link)
{
	(void)store;
	*link = 7;
	return changed;
}
enum err store_clock(struct store *store, int64_t *now_ms, bool *ok) { (void)store; (void)now_ms; (void)ok; return ERR_IO; }
enum err store_rules(struct store *store, struct rule_list *list) { (void)store; (void)list; return ERR_IO; }
enum err store_duty_now(struct store *store, int64_t ms, struct duty_row *duty)
{
	(void)store;
	(void)ms;
	(void)duty;
	return ERR_IO;
}
enum err store_activities(struct store *store, int64_t from_ms, int64_t until_ms, struct activity_list *list)
{
	(void)store;
	(void)from_ms;
	(void)until_ms;
	(void)list;
	return ERR_IO;
}
void activity_list_clear(struct activity_list *list) { (void)list; }
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

static void the_roster_is_read_where_it_changed(void **state)
{
	(void)state;
	struct site site = { 0 };
	site_load(&site, NULL, 0);
	assert_int_equal(reads, 1);
	assert_int_equal(site.deputies_link, 7);
	changed = false;
	site_load(&site, NULL, 0);
	assert_int_equal(reads, 1);
	changed = true;
	site_load(&site, NULL, 0);
	assert_int_equal(reads, 2);
	site_clear(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_names_only),
		cmocka_unit_test(a_longer_name_before_it_hides_nothing),
		cmocka_unit_test(the_roster_is_read_where_it_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
