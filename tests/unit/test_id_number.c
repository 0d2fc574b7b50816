/* links: kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/id_number.h"

/* The first is the example of GB 11643 itself. */
static const struct { const char *number; bool ok; } numbers[] = {
	{"11010519491231002X", true},
	{"440524188001010014", true}, /* the standard's other one */
	{"990101197905020026", true},
	{"11010519491231002x", false},  /* the letter is a capital: whoever reads it in makes it one */
	{"110105194912310021", false},
	{"11010519491231003X", false},
	{"11015019491231002X", false}, /* two digits changed over */
	{"", false},
	{"X", false},
	{"11010519491231002", false},
	{"11010519491231002XX", false},
	{"110105491231002", false}, /* fifteen digits: cards of before 1999 */
	{"1101051949123100 X", false},
	{"-1010519491231002X", false},
	{"11010519491231００", false},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (id_number_ok(numbers[i].number) != numbers[i].ok)
			fail_msg("\"%s\"", numbers[i].number);
	}
}

/* The check character by another way than the module's: weights of the standard's table. */
static char check_of(const char *digits)
{
	static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += weights[i] * (digits[i] - '0');
	return "10X98765432"[sum % 11];
}

/* Whatever one digit is changed to, the check character tells. */
static void test_one_digit_changed(void **state)
{
	(void)state;
	for (int at = 0; at < 18; at++) {
		for (const char *c = "0123456789X"; *c; c++) {
			char number[ID_NUMBER_SIZE] = "440524188001010014";
			bool same = number[at] == *c;
			number[at] = *c;
			assert_int_equal(id_number_ok(number), same);
		}
	}
}

/* What is no digit is none, also where the sum would come out right; the characters beside the digits count as -1 and 10. */
static void test_no_digits(void **state)
{
	(void)state;
	for (int at = 0; at < 17; at++) {
		for (const char *c = "/:"; *c; c++) {
			char number[ID_NUMBER_SIZE] = "440524188001010014";
			number[at] = *c;
			number[17] = check_of(number);
			assert_false(id_number_ok(number));
		}
	}
}

static const struct { const char *birth; bool real; } births[] = {
	{"19790502", true},  {"20000229", true},  {"19000228", true},  {"20240229", true}, {"20230229", false}, {"19000229", false},
	{"19790431", false}, {"19790430", true},  {"19791231", true},  {"19791301", false}, {"19790001", false}, {"19790500", false},
	{"19790532", false}, {"00000101", false},
};

static void test_births(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof births / sizeof births[0]; i++) {
		char number[ID_NUMBER_SIZE];
		snprintf(number, sizeof number, "990101%s002", births[i].birth);
		number[17] = check_of(number);
		number[18] = '\0';
		if (id_number_ok(number) != births[i].real)
			fail_msg("%s", number);
	}
}

static const struct id_params cheap = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 1, 1024};

/* Made by another implementation (OpenSSL's Argon2id, by Python's cryptography, one lane). */
static const struct { uint32_t ops, mem_kib; const char *digest; } made[] = {
	{1, 1024, "c80de72fe93c5d0a887b1ef44cbea176deb395097ae47a91be0249d412ba3ac1"},
	{1, 22528, "4dfefc0be2fe013318864fff4f38e057b03a6ed861ee205c8bd59842cf30d53b"},
	{3, 64, "462c56b62041086e2ac10f7ec3d8c4acb6bb02c8871d05122d90f8d3b554f5e2"},
};

static void test_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		struct id_params p = cheap;
		uint8_t digest[ID_DIGEST_BYTES];
		char hex[2 * ID_DIGEST_BYTES + 1];
		p.ops = made[i].ops;
		p.mem_kib = made[i].mem_kib;
		assert_int_equal(id_digest("11010519491231002X", &p, digest), ERR_OK);
		assert_string_equal(sodium_bin2hex(hex, sizeof hex, digest, sizeof digest), made[i].digest);
	}
}

/* What the store is given when it has no parameters of its own yet. */
static void test_of_this_program(void **state)
{
	(void)state;
	struct id_params p = cheap;
	uint8_t one[ID_DIGEST_BYTES], other[ID_DIGEST_BYTES];
	p.ops = ID_ARGON_OPS;
	p.mem_kib = ID_ARGON_MEM_KIB;
	assert_int_equal(id_digest("11010519491231002X", &p, one), ERR_OK);
	assert_int_equal(id_digest("440524188001010014", &p, other), ERR_OK);
	assert_memory_not_equal(one, other, sizeof one);
	p.salt[0] ^= 1;
	assert_int_equal(id_digest("11010519491231002X", &p, other), ERR_OK);
	assert_memory_not_equal(one, other, sizeof one);
}

static const struct { uint32_t ops, mem_kib; bool ok; } params[] = {
	{1, 8, true},
	{ID_ARGON_OPS_MAX, 8, true},
	{1, ID_ARGON_MEM_MAX_KIB, true},
	{ID_ARGON_OPS, ID_ARGON_MEM_KIB, true},
	{0, 1024, false},
	{ID_ARGON_OPS_MAX + 1, 1024, false},
	{UINT32_MAX, 1024, false},
	{1, 7, false},
	{1, 0, false},
	{1, ID_ARGON_MEM_MAX_KIB + 1, false},
	{1, UINT32_MAX, false},
};

/* What would take a gigabyte or a minute is refused before it is begun. */
static void test_params(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
		struct id_params p = cheap;
		uint8_t digest[ID_DIGEST_BYTES];
		p.ops = params[i].ops;
		p.mem_kib = params[i].mem_kib;
		assert_int_equal(id_params_ok(&p), params[i].ok);
		if (!params[i].ok)
			assert_int_equal(id_digest("11010519491231002X", &p, digest), ERR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_one_digit_changed), cmocka_unit_test(test_no_digits), cmocka_unit_test(test_births),
		cmocka_unit_test(test_digest), cmocka_unit_test(test_of_this_program), cmocka_unit_test(test_params),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
