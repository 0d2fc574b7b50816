/* links: kiosk/sync/backoff.c */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/backoff.h"

static void grows_from_a_second_to_five_minutes(void **state)
{
	(void)state;
	static const int64_t steps[] = {1000,  2000,   4000,   8000,   16000, 32000,
	                                64000, 128000, 256000, 300000, 300000};
	struct backoff b = {0};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		assert_int_equal(backoff_fail(&b, UINT32_MAX), steps[i]);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(backoff_fail(&b, UINT32_MAX), BACKOFF_MAX_MS);
	backoff_reset(&b);
	assert_int_equal(backoff_fail(&b, UINT32_MAX), BACKOFF_FIRST_MS);
}

static void jitter_takes_off_at_most_half(void **state)
{
	(void)state;
	struct backoff b = {0};
	assert_int_equal(backoff_fail(&b, 0), 1000);
	assert_int_equal(backoff_fail(&b, 0), 1000);
	assert_int_equal(backoff_fail(&b, 0), 2000);
	for (uint32_t r = 0; r < UINT32_MAX - 100000000u; r += 99999999u) {
		struct backoff c = {9};
		int64_t wait = backoff_fail(&c, r);
		assert_in_range(wait, BACKOFF_MAX_MS / 2, BACKOFF_MAX_MS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_from_a_second_to_five_minutes),
		cmocka_unit_test(jitter_takes_off_at_most_half),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
