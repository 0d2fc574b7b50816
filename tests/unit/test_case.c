/* links: kiosk/model/case.c kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/case.h"

/* The picture in case.h, arrow by arrow; whatever is not here must be refused. */
static const struct { enum case_state from; enum case_step step; enum case_state to; } arrows[] = {
	{CASE_REGISTERED, STEP_ACCEPT, CASE_ACCEPTED},     {CASE_REGISTERED, STEP_ASSIGN, CASE_ASSIGNED},
	{CASE_REGISTERED, STEP_TRANSFER, CASE_TRANSFERRED}, {CASE_ACCEPTED, STEP_ASSIGN, CASE_ASSIGNED},
	{CASE_ACCEPTED, STEP_TRANSFER, CASE_TRANSFERRED},  {CASE_ACCEPTED, STEP_ANSWER, CASE_ANSWERED},
	{CASE_ACCEPTED, STEP_TALK, CASE_ACCEPTED},         {CASE_ASSIGNED, STEP_TRANSFER, CASE_TRANSFERRED},
	{CASE_ASSIGNED, STEP_ANSWER, CASE_ANSWERED},       {CASE_ASSIGNED, STEP_TALK, CASE_ASSIGNED},
	{CASE_TRANSFERRED, STEP_ANSWER, CASE_ANSWERED},    {CASE_TRANSFERRED, STEP_EXTEND, CASE_TRANSFERRED},
	{CASE_TRANSFERRED, STEP_TALK, CASE_TRANSFERRED},   {CASE_ANSWERED, STEP_RATE_SATISFIED, CASE_CLOSED},
	{CASE_ANSWERED, STEP_RATE_PARTLY, CASE_CLOSED},    {CASE_ANSWERED, STEP_RATE_UNSATISFIED, CASE_REDO},
	{CASE_ANSWERED, STEP_TALK, CASE_ANSWERED},         {CASE_REDO, STEP_ACCEPT, CASE_ACCEPTED},
	{CASE_REDO, STEP_ASSIGN, CASE_ASSIGNED},           {CASE_REDO, STEP_TRANSFER, CASE_TRANSFERRED},
	{CASE_REDO, STEP_ANSWER, CASE_ANSWERED},           {CASE_REDO, STEP_TALK, CASE_REDO},
};

static void test_arrows(void **state)
{
	(void)state;
	for (int s = 0; s < CASE_STATE_COUNT; s++) {
		for (int t = 0; t < STEP_COUNT; t++) {
			struct case_facts facts = {.state = (enum case_state)s, .extended = false, .consented = true};
			enum case_state next = CASE_STATE_COUNT, expected = CASE_STATE_COUNT;
			for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++)
				if ((int)arrows[i].from == s && (int)arrows[i].step == t)
					expected = arrows[i].to;
			enum err e = case_step_apply(&facts, (enum case_step)t, &next);
			assert_int_equal(e, expected == CASE_STATE_COUNT ? ERR_STATE : ERR_OK);
			assert_int_equal(next, expected);
		}
	}
}

static void test_extension(void **state)
{
	(void)state;
	enum case_state next;
	struct case_facts facts = {CASE_TRANSFERRED, false, false};
	assert_int_equal(case_step_apply(&facts, STEP_EXTEND, &next), ERR_STATE); /* without consent */
	facts.consented = true;
	assert_int_equal(case_step_apply(&facts, STEP_EXTEND, &next), ERR_OK);
	facts.extended = true;
	assert_int_equal(case_step_apply(&facts, STEP_EXTEND, &next), ERR_STATE); /* once only */
	assert_int_equal(case_step_apply(&facts, STEP_ANSWER, &next), ERR_OK);
	facts.state = (enum case_state)99;
	assert_int_equal(case_step_apply(&facts, STEP_ANSWER, &next), ERR_INVALID);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < CASE_STATE_COUNT; i++) {
		enum case_state s = CASE_STATE_COUNT;
		assert_int_equal(case_state_parse(case_state_id((enum case_state)i), &s), ERR_OK);
		assert_int_equal(s, i);
	}
	for (int i = 0; i < STEP_COUNT; i++) {
		enum case_step s = STEP_COUNT;
		assert_int_equal(case_step_parse(case_step_id((enum case_step)i), &s), ERR_OK);
		assert_int_equal(s, i);
	}
	for (int i = 0; i < RATING_COUNT; i++) {
		enum rating r = RATING_COUNT;
		assert_int_equal(rating_parse(rating_id((enum rating)i), &r), ERR_OK);
		assert_int_equal(r, i);
	}
	enum case_state s;
	enum rating r;
	assert_int_equal(case_state_parse("Registered", &s), ERR_INVALID);
	assert_int_equal(rating_parse("", &r), ERR_INVALID);
	assert_string_equal(case_state_id(CASE_TRANSFERRED), "transferred");
	assert_string_equal(rating_id(RATING_PARTLY), "partly");
}

static void test_deadlines(void **state)
{
	(void)state;
	struct case_rules rules = {15, 3, 1};
	struct civil_date from = {2026, 11, 30}, transfer = {2026, 12, 15}, answer = {2027, 2, 28},
					  late = {2027, 3, 30};
	assert_int_equal(civil_compare(case_transfer_due(from, &rules), transfer), 0);
	assert_int_equal(civil_compare(case_answer_due(from, false, &rules), answer), 0);
	assert_int_equal(civil_compare(case_answer_due(from, true, &rules), late), 0);
}

static void test_light(void **state)
{
	(void)state;
	struct civil_date due = {2026, 3, 2};
	assert_int_equal(case_light(due, (struct civil_date){2026, 2, 26}), CASE_GREEN);
	assert_int_equal(case_light(due, (struct civil_date){2026, 2, 27}), CASE_AMBER);
	assert_int_equal(case_light(due, (struct civil_date){2026, 3, 2}), CASE_AMBER);
	assert_int_equal(case_light(due, (struct civil_date){2026, 3, 3}), CASE_RED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arrows), cmocka_unit_test(test_extension), cmocka_unit_test(test_names),
		cmocka_unit_test(test_deadlines), cmocka_unit_test(test_light),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
