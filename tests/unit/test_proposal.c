/* links: kiosk/model/proposal.c kiosk/model/case.c kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/proposal.h"

/* The picture in proposal.h, arrow by arrow, for a motion that was talked about and has a consent; whatever is not here must
 * be refused. */
static const struct {
	enum proposal_state from;
	enum proposal_step step;
	enum proposal_state to;
} arrows[] = {
	{PROPOSAL_FILED, PROPOSAL_CONVERT, PROPOSAL_FILED},
	{PROPOSAL_FILED, PROPOSAL_TRANSFER, PROPOSAL_TRANSFERRED},
	{PROPOSAL_FILED, PROPOSAL_WITHDRAW, PROPOSAL_WITHDRAWN},
	{PROPOSAL_TRANSFERRED, PROPOSAL_EXTEND, PROPOSAL_TRANSFERRED},
	{PROPOSAL_TRANSFERRED, PROPOSAL_TALK, PROPOSAL_TRANSFERRED},
	{PROPOSAL_TRANSFERRED, PROPOSAL_ANSWER, PROPOSAL_ANSWERED},
	{PROPOSAL_TRANSFERRED, PROPOSAL_WITHDRAW, PROPOSAL_WITHDRAWN},
	{PROPOSAL_ANSWERED, PROPOSAL_TALK, PROPOSAL_ANSWERED},
	{PROPOSAL_ANSWERED, PROPOSAL_SATISFIED, PROPOSAL_CLOSED},
	{PROPOSAL_ANSWERED, PROPOSAL_PARTLY, PROPOSAL_CLOSED},
	{PROPOSAL_ANSWERED, PROPOSAL_UNSATISFIED, PROPOSAL_REDO},
	{PROPOSAL_REDO, PROPOSAL_TRANSFER, PROPOSAL_TRANSFERRED},
	{PROPOSAL_REDO, PROPOSAL_TALK, PROPOSAL_REDO},
	{PROPOSAL_REDO, PROPOSAL_WITHDRAW, PROPOSAL_WITHDRAWN},
};

static void test_arrows(void **state)
{
	(void)state;
	for (int s = 0; s < PROPOSAL_STATE_COUNT; s++) {
		for (int t = 0; t < PROPOSAL_STEP_COUNT; t++) {
			struct proposal_facts facts = {PROPOSAL_MOTION, (enum proposal_state)s, false, true, true};
			enum proposal_state next = PROPOSAL_STATE_COUNT, expected = PROPOSAL_STATE_COUNT;
			for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++)
				if ((int)arrows[i].from == s && (int)arrows[i].step == t)
					expected = arrows[i].to;
			enum err e = proposal_step_apply(&facts, (enum proposal_step)t, &next);
			assert_int_equal(e, expected == PROPOSAL_STATE_COUNT ? ERR_STATE : ERR_OK);
			assert_int_equal(next, expected);
		}
	}
}

static void test_conditions(void **state)
{
	(void)state;
	enum proposal_state next;
	struct proposal_facts facts = {PROPOSAL_SUGGESTION, PROPOSAL_TRANSFERRED, false, false, true};
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_ANSWER, &next), ERR_STATE); /* before the talk */
	facts.talked = true;
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_ANSWER, &next), ERR_OK);
	facts.extended = true;
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_EXTEND, &next), ERR_STATE); /* once */
	facts = (struct proposal_facts){PROPOSAL_SUGGESTION, PROPOSAL_TRANSFERRED, false, true, false};
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_EXTEND, &next), ERR_STATE); /* without consent */
	facts.state = PROPOSAL_FILED;
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_CONVERT, &next), ERR_STATE); /* it is one */
	facts.state = PROPOSAL_STATE_COUNT;
	assert_int_equal(proposal_step_apply(&facts, PROPOSAL_TALK, &next), ERR_INVALID);
}

static void test_names(void **state)
{
	(void)state;
	enum proposal_kind kind;
	enum proposal_state s;
	enum proposal_step step;
	char text[PROPOSAL_NUMBER_SIZE];
	for (int i = 0; i < PROPOSAL_KIND_COUNT; i++) {
		assert_int_equal(proposal_kind_parse(proposal_kind_id((enum proposal_kind)i), &kind), ERR_OK);
		assert_int_equal(kind, i);
	}
	for (int i = 0; i < PROPOSAL_STATE_COUNT; i++) {
		assert_int_equal(proposal_state_parse(proposal_state_id((enum proposal_state)i), &s), ERR_OK);
		assert_int_equal(s, i);
	}
	for (int i = 0; i < PROPOSAL_STEP_COUNT; i++) {
		assert_int_equal(proposal_step_parse(proposal_step_id((enum proposal_step)i), &step), ERR_OK);
		assert_int_equal(step, i);
	}
	assert_int_equal(proposal_kind_parse("", &kind), ERR_INVALID);
	assert_int_equal(proposal_state_parse("gone", &s), ERR_INVALID);
	assert_int_equal(proposal_step_parse("file", &step), ERR_INVALID);
	assert_string_equal(proposal_step_id(PROPOSAL_STEP_COUNT), "");
	proposal_number_text(false, 12, text);
	assert_string_equal(text, "建议第12号");
	proposal_number_text(true, 3, text);
	assert_string_equal(text, "议案第3号");
}

static const struct congress_dates congress = {
	.opens = {2026, 3, 10}, .closes = {2026, 3, 13}, .motion_deadline = {2026, 3, 11}, .has_deadline = true
};
static const struct civil_date after = {2026, 6, 1};

static enum proposal_fault check(enum proposal_kind kind, size_t signatories, int day, const struct congress_dates *c)
{
	struct proposal_rules rules = proposal_rules_default();
	return proposal_check(kind, signatories, (struct civil_date){2026, 3, day}, after, c, &rules);
}

static void test_filing(void **state)
{
	(void)state;
	assert_int_equal(check(PROPOSAL_MOTION, 5, 11, &congress), PROPOSAL_FITS);
	assert_int_equal(check(PROPOSAL_MOTION, 4, 11, &congress), PROPOSAL_TOO_FEW);
	assert_int_equal(check(PROPOSAL_MOTION, 5, 12, &congress), PROPOSAL_MOTION_LATE);
	assert_int_equal(check(PROPOSAL_MOTION, 9, 11, NULL), PROPOSAL_NO_CONGRESS);
	assert_int_equal(check(PROPOSAL_SUGGESTION, 1, 13, &congress), PROPOSAL_FITS);
	assert_int_equal(check(PROPOSAL_CRITICISM, 1, 14, &congress), PROPOSAL_AFTER_CONGRESS);
	assert_int_equal(check(PROPOSAL_OPINION, 1, 14, NULL), PROPOSAL_FITS);
	struct congress_dates open_ended = congress;
	open_ended.has_deadline = false;
	assert_int_equal(check(PROPOSAL_MOTION, 5, 13, &open_ended), PROPOSAL_FITS);
	assert_int_equal(check(PROPOSAL_MOTION, 5, 14, &open_ended), PROPOSAL_AFTER_CONGRESS);
	struct proposal_rules rules = {.motion_signatories = 5};
	assert_int_equal(proposal_check(PROPOSAL_SUGGESTION, 1, (struct civil_date){2026, 6, 2}, after, NULL, &rules),
	                 PROPOSAL_AHEAD);
}

static void test_dates(void **state)
{
	(void)state;
	struct congress_dates c = congress;
	struct case_rules rules = {15, 3, 1};
	assert_true(congress_dates_fit(&c));
	c.motion_deadline.day = 14;
	assert_false(congress_dates_fit(&c));
	c.has_deadline = false;
	assert_true(congress_dates_fit(&c));
	c.opens.day = 14;
	assert_false(congress_dates_fit(&c));
	/* Made at the congress: from its close, however early it came in; between congresses: from its filing. */
	struct civil_date filed = {2026, 2, 20}, due = {2026, 3, 28}, due_between = {2026, 3, 7};
	struct civil_date from = proposal_counts_from(filed, &congress);
	assert_int_equal(civil_compare(case_transfer_due(from, &rules), due), 0);
	from = proposal_counts_from(filed, NULL);
	assert_int_equal(civil_compare(case_transfer_due(from, &rules), due_between), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arrows), cmocka_unit_test(test_conditions), cmocka_unit_test(test_names),
		cmocka_unit_test(test_filing), cmocka_unit_test(test_dates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
