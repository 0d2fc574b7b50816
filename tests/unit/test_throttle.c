/* links: kiosk/model/throttle.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/throttle.h"

static void test_pauses(void **state)
{
	(void)state;
	/* Seconds to wait after the nth wrong code in a row. */
	static const int64_t waits[] = {0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900};
	struct throttle t = {0};
	int64_t now = 1000;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		throttle_wrong(&t, now);
		assert_int_equal(throttle_wait_ms(&t, now), waits[i] * 1000);
		if (waits[i] > 0)
			assert_int_equal(throttle_wait_ms(&t, now + waits[i] * 1000 - 1), 1);
		now += waits[i] * 1000;
		assert_int_equal(throttle_wait_ms(&t, now), 0);
	}
	for (int i = 0; i < 100000; i++)
		throttle_wrong(&t, now);
	assert_int_equal(throttle_wait_ms(&t, now), THROTTLE_MAX_MS);
	throttle_right(&t);
	assert_int_equal(throttle_wait_ms(&t, now), 0);
	for (int i = 0; i < THROTTLE_FREE - 1; i++)
		throttle_wrong(&t, now);
	assert_int_equal(throttle_wait_ms(&t, now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pauses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
