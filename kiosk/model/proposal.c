#include "model/proposal.h"

#include <stdio.h>
#include <string.h>

#include "model/str.h"

static const char *const kind_ids[PROPOSAL_KIND_COUNT] = {"suggestion", "criticism", "opinion", "motion"};
static const char *const state_ids[PROPOSAL_STATE_COUNT] = {
	[PROPOSAL_FILED] = "filed", [PROPOSAL_TRANSFERRED] = "transferred", [PROPOSAL_ANSWERED] = "answered",
	[PROPOSAL_REDO] = "redo",   [PROPOSAL_CLOSED] = "closed",           [PROPOSAL_WITHDRAWN] = "withdrawn",
};
static const char *const step_ids[PROPOSAL_STEP_COUNT] = {
	[PROPOSAL_CONVERT] = "convert",         [PROPOSAL_TRANSFER] = "transfer",   [PROPOSAL_EXTEND] = "extend",
	[PROPOSAL_TALK] = "talk",               [PROPOSAL_ANSWER] = "answer",       [PROPOSAL_SATISFIED] = "satisfied",
	[PROPOSAL_PARTLY] = "partly",           [PROPOSAL_UNSATISFIED] = "unsatisfied",
	[PROPOSAL_WITHDRAW] = "withdraw",
};

const char *proposal_kind_id(enum proposal_kind kind)
{
	return str_id_at(kind_ids, PROPOSAL_KIND_COUNT, (unsigned)kind);
}

enum err proposal_kind_parse(const char *id, enum proposal_kind *kind)
{
	int i = str_id_find(kind_ids, PROPOSAL_KIND_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*kind = (enum proposal_kind)i;
	return ERR_OK;
}

const char *proposal_state_id(enum proposal_state state)
{
	return str_id_at(state_ids, PROPOSAL_STATE_COUNT, (unsigned)state);
}

enum err proposal_state_parse(const char *id, enum proposal_state *state)
{
	int i = str_id_find(state_ids, PROPOSAL_STATE_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*state = (enum proposal_state)i;
	return ERR_OK;
}

const char *proposal_step_id(enum proposal_step step)
{
	return str_id_at(step_ids, PROPOSAL_STEP_COUNT, (unsigned)step);
}

enum err proposal_step_parse(const char *id, enum proposal_step *step)
{
	int i = str_id_find(step_ids, PROPOSAL_STEP_COUNT, id);
	if (i < 0)
		return ERR_INVALID;
	*step = (enum proposal_step)i;
	return ERR_OK;
}

void proposal_number_text(bool motion, int number, char out[PROPOSAL_NUMBER_SIZE])
{
	snprintf(out, PROPOSAL_NUMBER_SIZE, "%s第%d号", motion ? "议案" : "建议", number);
}

/* The same way as a report's, where both have the state and the step. */
static const enum case_state case_states[PROPOSAL_WITHDRAWN] = {
	[PROPOSAL_FILED] = CASE_REGISTERED, [PROPOSAL_TRANSFERRED] = CASE_TRANSFERRED, [PROPOSAL_ANSWERED] = CASE_ANSWERED,
	[PROPOSAL_REDO] = CASE_REDO,        [PROPOSAL_CLOSED] = CASE_CLOSED,
};
static const enum case_step case_steps[PROPOSAL_STEP_COUNT] = {
	[PROPOSAL_TRANSFER] = STEP_TRANSFER,         [PROPOSAL_EXTEND] = STEP_EXTEND,
	[PROPOSAL_TALK] = STEP_TALK,                 [PROPOSAL_ANSWER] = STEP_ANSWER,
	[PROPOSAL_SATISFIED] = STEP_RATE_SATISFIED,  [PROPOSAL_PARTLY] = STEP_RATE_PARTLY,
	[PROPOSAL_UNSATISFIED] = STEP_RATE_UNSATISFIED,
};

static enum err as_case(const struct proposal_facts *facts, enum proposal_step step, enum proposal_state *next)
{
	struct case_facts c = {case_states[facts->state], facts->extended, facts->consented};
	enum case_state to;
	enum err e = case_step_apply(&c, case_steps[step], &to);
	if (e)
		return e;
	for (int s = 0; s < PROPOSAL_WITHDRAWN; s++) {
		if (case_states[s] == to) {
			*next = (enum proposal_state)s;
			return ERR_OK;
		}
	}
	return ERR_STATE;
}

enum err proposal_step_apply(const struct proposal_facts *facts, enum proposal_step step, enum proposal_state *next)
{
	enum proposal_state state = facts->state;
	if ((unsigned)state >= PROPOSAL_STATE_COUNT || (unsigned)step >= PROPOSAL_STEP_COUNT)
		return ERR_INVALID;
	if (state == PROPOSAL_WITHDRAWN)
		return ERR_STATE;
	switch (step) {
	case PROPOSAL_CONVERT:
		if (state != PROPOSAL_FILED || facts->kind != PROPOSAL_MOTION)
			return ERR_STATE;
		*next = PROPOSAL_FILED;
		return ERR_OK;
	case PROPOSAL_WITHDRAW:
		if (state == PROPOSAL_ANSWERED || state == PROPOSAL_CLOSED)
			return ERR_STATE;
		*next = PROPOSAL_WITHDRAWN;
		return ERR_OK;
	case PROPOSAL_ANSWER:
		/* The government answers what it was given, in each round anew, and not before it has spoken with the author. */
		if (state != PROPOSAL_TRANSFERRED || !facts->talked)
			return ERR_STATE;
		return as_case(facts, step, next);
	default: return as_case(facts, step, next);
	}
}

struct proposal_rules proposal_rules_default(void)
{
	return (struct proposal_rules){.motion_signatories = 5};
}

bool congress_dates_fit(const struct congress_dates *c)
{
	return civil_compare(c->closes, c->opens) >= 0 && (!c->has_deadline || civil_compare(c->motion_deadline, c->closes) <= 0);
}

enum proposal_fault proposal_check(enum proposal_kind kind, size_t signatories, struct civil_date filed,
                                   struct civil_date today, const struct congress_dates *congress,
                                   const struct proposal_rules *rules)
{
	if (civil_compare(filed, today) > 0)
		return PROPOSAL_AHEAD;
	if (kind == PROPOSAL_MOTION) {
		if (!congress)
			return PROPOSAL_NO_CONGRESS;
		if (congress->has_deadline && civil_compare(filed, congress->motion_deadline) > 0)
			return PROPOSAL_MOTION_LATE;
		if (signatories < (size_t)rules->motion_signatories)
			return PROPOSAL_TOO_FEW;
	}
	return congress && civil_compare(filed, congress->closes) > 0 ? PROPOSAL_AFTER_CONGRESS : PROPOSAL_FITS;
}

struct civil_date proposal_counts_from(struct civil_date filed, const struct congress_dates *congress)
{
	return congress ? congress->closes : filed;
}
