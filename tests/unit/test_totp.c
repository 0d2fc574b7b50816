/* links: township/totp.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "township/totp.h"

/* RFC 6238, appendix B: the SHA-1 column, of which six digits are the last six. */
static const uint8_t key[TOTP_KEY_BYTES] = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0',
                                            '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};
static const struct {
	int64_t at_s;
	const char *code;
} vectors[] = {
	{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
	{1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

static void test_the_rfcs_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		char code[TOTP_CODE_SIZE];
		assert_int_equal(totp_code(key, vectors[i].at_s / 30, code), ERR_OK);
		assert_string_equal(code, vectors[i].code);
	}
	char code[TOTP_CODE_SIZE];
	assert_int_equal(totp_code(key, -1, code), ERR_INVALID);
}

static void test_the_window_is_one_step_either_way(void **state)
{
	(void)state;
	/* 59 is in step 1, which ends with it. */
	static const struct {
		int64_t at_s;
		bool good;
	} cases[] = {{0, true}, {29, true}, {30, true}, {59, true}, {60, true}, {89, true}, {90, false}, {119, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t step = -5;
		assert_int_equal(totp_good(key, cases[i].at_s, -1, "287082", &step), cases[i].good);
		assert_int_equal(step, cases[i].good ? 1 : -5);
	}
	int64_t step;
	assert_false(totp_good(key, 1111111109 - 60, 0, "081804", &step));
}

static void test_a_code_is_good_once(void **state)
{
	(void)state;
	int64_t step = 0, second = 0;
	char before[TOTP_CODE_SIZE];
	assert_true(totp_good(key, 1111111109, 0, "081804", &step));
	assert_int_equal(step, 1111111109 / 30);
	assert_false(totp_good(key, 1111111109, step, "081804", &second));
	assert_false(totp_good(key, 1111111109 + 29, step, "081804", &second));
	/* Nor one from before a code that was used. */
	assert_int_equal(totp_code(key, step - 1, before), ERR_OK);
	assert_true(totp_good(key, 1111111109, step - 2, before, &second));
	assert_false(totp_good(key, 1111111109, step, before, &second));
	/* The next step's is another code. */
	assert_true(totp_good(key, 1111111111, step, "050471", &second));
	assert_int_equal(second, step + 1);
}

static void test_what_is_no_code(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "28708", "2870820", "287083", "２８７", " 28708", "28708 ", "abcdef"};
	int64_t step = 7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(totp_good(key, 59, -1, bad[i], &step));
	assert_int_equal(step, 7);
}

static void test_the_key_in_letters(void **state)
{
	(void)state;
	char text[TOTP_TEXT_SIZE];
	totp_text(key, text);
	assert_string_equal(text, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
	totp_text((const uint8_t[TOTP_KEY_BYTES]){255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 1}, text);
	assert_string_equal(text, "7777 7777 AAAA AAAA 7777 7777 AAAA AAAB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rfcs_vectors), cmocka_unit_test(test_the_window_is_one_step_either_way),
		cmocka_unit_test(test_a_code_is_good_once), cmocka_unit_test(test_what_is_no_code),
		cmocka_unit_test(test_the_key_in_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
