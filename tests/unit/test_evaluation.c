/* links: kiosk/model/evaluation.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/evaluation.h"

static void test_names(void **state)
{
	(void)state;
	enum evaluation_kind kind;
	enum evaluation_state s;
	for (int i = 0; i < EVALUATION_KIND_COUNT; i++) {
		assert_int_equal(evaluation_kind_parse(evaluation_kind_id((enum evaluation_kind)i), &kind), ERR_OK);
		assert_int_equal(kind, i);
	}
	for (int i = 0; i < EVALUATION_STATE_COUNT; i++) {
		assert_int_equal(evaluation_state_parse(evaluation_state_id((enum evaluation_state)i), &s), ERR_OK);
		assert_int_equal(s, i);
	}
	assert_int_equal(evaluation_kind_parse("Deputy", &kind), ERR_INVALID);
	assert_int_equal(evaluation_state_parse("", &s), ERR_INVALID);
	assert_string_equal(evaluation_state_id(EVALUATION_STATE_COUNT), "");
	assert_string_equal(evaluation_kind_id(EVALUATION_KIND_COUNT), "");
}

static void test_sums(void **state)
{
	(void)state;
	struct ballots b = {.handed_out = 60, .returned = 58, .satisfied = 40, .basically = 12, .unsatisfied = 4, .invalid = 2};
	assert_int_equal(ballots_check(&b), BALLOTS_FIT);
	assert_int_equal(ballots_valid(&b), 56);
	b.invalid = 3;
	assert_int_equal(ballots_check(&b), BALLOTS_SUM);
	b = (struct ballots){.handed_out = 57, .returned = 58, .satisfied = 58};
	assert_int_equal(ballots_check(&b), BALLOTS_RETURNED);
	b = (struct ballots){.handed_out = 60, .returned = 2, .satisfied = -1, .basically = 3};
	assert_int_equal(ballots_check(&b), BALLOTS_RANGE);
	b = (struct ballots){.handed_out = BALLOTS_MAX + 1};
	assert_int_equal(ballots_check(&b), BALLOTS_RANGE);
	b = (struct ballots){0};
	assert_int_equal(ballots_check(&b), BALLOTS_NONE);
	b.handed_out = 5; /* nobody gave theirs back */
	assert_int_equal(ballots_check(&b), BALLOTS_FIT);
	assert_int_equal(ballots_permille(&b, 0), 0);
	assert_false(ballots_poor(&b));
}

static void test_short_and_poor(void **state)
{
	(void)state;
	struct evaluation_rules rules = evaluation_rules_default();
	struct ballots b = {.handed_out = 60, .returned = 60, .satisfied = 30, .basically = 3, .unsatisfied = 17, .invalid = 10};
	assert_int_equal(rules.min_voters, 50);
	assert_false(ballots_short(&b, &rules)); /* 50 valid */
	assert_true(ballots_poor(&b));           /* 17 of 50 is over a third, 16 is not */
	b.unsatisfied = 16;
	assert_true(ballots_short(&b, &rules));
	assert_false(ballots_poor(&b));
	b = (struct ballots){.handed_out = 3, .returned = 3, .satisfied = 2, .unsatisfied = 1};
	assert_false(ballots_poor(&b)); /* a third is not over a third */
	assert_int_equal(ballots_permille(&b, 2), 667);
	assert_int_equal(ballots_permille(&b, 1), 333);
	b = (struct ballots){.handed_out = BALLOTS_MAX, .returned = BALLOTS_MAX, .satisfied = BALLOTS_MAX};
	assert_int_equal(ballots_permille(&b, BALLOTS_MAX), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_sums), cmocka_unit_test(test_short_and_poor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
