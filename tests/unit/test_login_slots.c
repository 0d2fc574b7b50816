/* links: township/login_slots.c kiosk/model/throttle.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "township/login_slots.h"

enum { COUNT = 8 };

static struct login_slot *slot(struct login_slot *slots, int name, int64_t now)
{
	uint8_t key[DIGEST_BYTES] = {1};
	memcpy(key + 1, &name, sizeof name);
	return login_slot_of(slots, COUNT, key, now);
}

static void wrong(struct login_slot *slots, int name, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		throttle_wrong(&slot(slots, name, now)->throttle, now);
}

static void test_each_name_has_its_own(void **state)
{
	(void)state;
	struct login_slot slots[COUNT] = {0};
	wrong(slots, 1, THROTTLE_FREE, 1000);
	assert_int_equal(throttle_wait_ms(&slot(slots, 1, 1000)->throttle, 1000), THROTTLE_FIRST_MS);
	assert_int_equal(throttle_wait_ms(&slot(slots, 2, 1000)->throttle, 1000), 0);
	assert_ptr_equal(slot(slots, 1, 1001), slot(slots, 1, 1002));
}

static void test_who_waits_is_not_pushed_out_by_other_names(void **state)
{
	(void)state;
	struct login_slot slots[COUNT] = {0};
	wrong(slots, 1, THROTTLE_FREE, 1000);
	for (int name = 2; name < 100; name++)
		wrong(slots, name, THROTTLE_FREE - 1, 1000 + name);
	assert_int_equal(slot(slots, 1, 2000)->throttle.wrong_in_row, THROTTLE_FREE);
	/* When the pause is over, the longest unused goes as ever. */
	int64_t later = 1000 + THROTTLE_FIRST_MS + 5000;
	for (int name = 200; name < 200 + COUNT; name++)
		slot(slots, name, later + name);
	assert_int_equal(slot(slots, 1, later + 300)->throttle.wrong_in_row, 0);
}

static void test_when_all_wait_the_oldest_goes(void **state)
{
	(void)state;
	struct login_slot slots[COUNT] = {0};
	for (int name = 1; name <= COUNT; name++)
		wrong(slots, name, THROTTLE_FREE, 1000 + name);
	slot(slots, 99, 2000);
	assert_int_equal(slot(slots, COUNT, 2001)->throttle.wrong_in_row, THROTTLE_FREE);
	assert_int_equal(slot(slots, 1, 2002)->throttle.wrong_in_row, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_name_has_its_own), cmocka_unit_test(test_who_waits_is_not_pushed_out_by_other_names),
		cmocka_unit_test(test_when_all_wait_the_oldest_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
