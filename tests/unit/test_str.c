/* links: */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/str.h"

static void copies_all_or_nothing(void **state)
{
	(void)state;
	char out[4] = "old";
	assert_true(str_copy(out, sizeof out, "abc"));
	assert_string_equal(out, "abc");
	assert_false(str_copy(out, sizeof out, "abcd"));
	assert_string_equal(out, "");
	assert_true(str_copy(out, sizeof out, ""));
	assert_string_equal(out, "");
	assert_false(str_copy(out, 0, "a"));
}

/* Only what fits is looked at: the text may be one that never ends. */
static void reads_no_further_than_the_room(void **state)
{
	(void)state;
	char *endless = malloc(4), out[4];
	assert_non_null(endless);
	memset(endless, 'x', 4);
	assert_false(str_copy(out, sizeof out, endless));
	free(endless);
}

static void numbers_are_digits_alone(void **state)
{
	(void)state;
	static const char *const bad[] = {"", " 1", "+1", "-1", "x", "1234567890123456789"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *p = bad[i];
		int64_t v = -7;
		assert_false(str_take_number(&p, &v));
		assert_ptr_equal(p, bad[i]);
		assert_int_equal(v, -7);
	}
	const char *p = "bytes 007-999999999999999999/x";
	int64_t first = 0, last = 0;
	assert_true(str_skip(&p, "bytes ") && str_take_number(&p, &first));
	assert_false(str_skip(&p, "--"));
	assert_true(str_skip(&p, "-") && str_take_number(&p, &last));
	assert_int_equal(first, 7);
	assert_int_equal(last, 999999999999999999);
	assert_string_equal(p, "/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_all_or_nothing),
		cmocka_unit_test(reads_no_further_than_the_room),
		cmocka_unit_test(numbers_are_digits_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
