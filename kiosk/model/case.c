#include "model/case.h"

#include "model/str.h"

static const char *const state_ids[CASE_STATE_COUNT] = {
	[CASE_REGISTERED] = "registered",   [CASE_ACCEPTED] = "accepted", [CASE_ASSIGNED] = "assigned",
	[CASE_TRANSFERRED] = "transferred", [CASE_ANSWERED] = "answered", [CASE_REDO] = "redo",
	[CASE_CLOSED] = "closed",
};
static const char *const step_ids[STEP_COUNT] = {
	[STEP_ACCEPT] = "accept",
	[STEP_ASSIGN] = "assign",
	[STEP_TRANSFER] = "transfer",
	[STEP_EXTEND] = "extend",
	[STEP_TALK] = "talk",
	[STEP_ANSWER] = "answer",
	[STEP_RATE_SATISFIED] = "satisfied",
	[STEP_RATE_PARTLY] = "partly",
	[STEP_RATE_UNSATISFIED] = "unsatisfied",
};
static const char *const rating_ids[RATING_COUNT] = {
	[RATING_SATISFIED] = "satisfied", [RATING_PARTLY] = "partly", [RATING_UNSATISFIED] = "unsatisfied",
};

const char *case_state_id(enum case_state s)
{
	return str_id_at(state_ids, CASE_STATE_COUNT, (unsigned)s);
}

enum err case_state_parse(const char *id, enum case_state *s)
{
	int i = str_id_find(state_ids, CASE_STATE_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*s = (enum case_state)i;
	return ERR_OK;
}

const char *case_step_id(enum case_step s)
{
	return str_id_at(step_ids, STEP_COUNT, (unsigned)s);
}

enum err case_step_parse(const char *id, enum case_step *s)
{
	int i = str_id_find(step_ids, STEP_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*s = (enum case_step)i;
	return ERR_OK;
}

const char *rating_id(enum rating r)
{
	return str_id_at(rating_ids, RATING_COUNT, (unsigned)r);
}

enum err rating_parse(const char *id, enum rating *r)
{
	int i = str_id_find(rating_ids, RATING_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*r = (enum rating)i;
	return ERR_OK;
}

/* One row a state, one column a step; NO where the rules have no way. */
enum { NO = -1 };
static const int8_t table[CASE_STATE_COUNT][STEP_COUNT] = {
	/* accept, assign, transfer, extend, talk, answer, rated satisfied, partly, unsatisfied */
	[CASE_REGISTERED] = {CASE_ACCEPTED, CASE_ASSIGNED, CASE_TRANSFERRED, NO, NO, NO, NO, NO, NO},
	[CASE_ACCEPTED] = {NO, CASE_ASSIGNED, CASE_TRANSFERRED, NO, CASE_ACCEPTED, CASE_ANSWERED, NO, NO, NO},
	[CASE_ASSIGNED] = {NO, NO, CASE_TRANSFERRED, NO, CASE_ASSIGNED, CASE_ANSWERED, NO, NO, NO},
	[CASE_TRANSFERRED] = {NO, NO, NO, CASE_TRANSFERRED, CASE_TRANSFERRED, CASE_ANSWERED, NO, NO, NO},
	[CASE_ANSWERED] = {NO, NO, NO, NO, CASE_ANSWERED, NO, CASE_CLOSED, CASE_CLOSED, CASE_REDO},
	[CASE_REDO] = {CASE_ACCEPTED, CASE_ASSIGNED, CASE_TRANSFERRED, NO, CASE_REDO, CASE_ANSWERED, NO, NO, NO},
	[CASE_CLOSED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO},
};

enum err case_step_apply(const struct case_facts *facts, enum case_step step, enum case_state *next)
{
	if ((unsigned)facts->state >= CASE_STATE_COUNT || (unsigned)step >= STEP_COUNT)
		return ERR_INVALID;
	int to = table[facts->state][step];
	if (to == NO || (step == STEP_EXTEND && (facts->extended || !facts->consented)))
		return ERR_STATE;
	*next = (enum case_state)to;
	return ERR_OK;
}

struct civil_date case_transfer_due(struct civil_date from, const struct case_rules *rules)
{
	return civil_add_days(from, rules->transfer_days);
}

struct civil_date case_answer_due(struct civil_date from, bool extended, const struct case_rules *rules)
{
	return civil_add_months(from, rules->answer_months + (extended ? rules->extend_months : 0));
}

enum case_light case_light(struct civil_date due, struct civil_date today)
{
	int64_t left = civil_day_number(due) - civil_day_number(today);
	return left < 0 ? CASE_RED : left <= CASE_SOON_DAYS ? CASE_AMBER : CASE_GREEN;
}
