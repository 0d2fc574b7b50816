/* A case that comes back because somebody is not satisfied with the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "township/cases.h"

enum err case_begin_redo(struct town *town, struct town_case *c, struct town_step *step)
{
	char from[TOWN_DATE_SIZE];
	struct civil_date day = civil_from_ms(c->updated_ms).date;
	civil_format(day, from);
	c->round++;
	c->extended = false;
	civil_format(case_transfer_due(day, &town->rules), c->transfer_due);
	civil_format(case_answer_due(day, false, &town->rules), c->answer_due);
	step->round = c->round;
	step->at_ms = c->updated_ms;
	snprintf(step->due, sizeof step->due, "%s", c->answer_due);
	enum err e = town_round_add(town->store, c, from);
	return e ? e : town_step_add(town->store, c->id, step);
}

enum err case_send_back(struct town *town, struct town_case *c, const char *who, const char *reason, const char *user)
{
	char words[RATING_REASON_SIZE], detail[32];
	struct case_facts facts = {.state = c->state, .extended = c->extended};
	struct town_step step = {.step = "sent_back"};
	enum err e = utf8_clean(reason, strlen(reason), true, RATING_REASON_MAX_CHARS, words, sizeof words);
	if (!e && !words[0])
		e = ERR_INVALID;
	if (!e)
		e = case_step_apply(&facts, STEP_RATE_UNSATISFIED, &c->state);
	if (e)
		return e;
	snprintf(step.who, sizeof step.who, "%s", who);
	snprintf(step.user, sizeof step.user, "%s", user);
	snprintf(detail, sizeof detail, "round %d", c->round);
	c->updated_ms = town_now_ms();
	e = town_seal(town, words, strlen(words), &step.note, &step.note_len);
	if (!e)
		e = town_round_rate(town->store, c->id, c->round, RATING_UNSATISFIED, step.note, step.note_len, c->updated_ms);
	if (!e)
		e = case_begin_redo(town, c, &step);
	free(step.note);
	if (!e) {
		c->rev = town_next_rev(town, c->rev);
		e = town_case_update(town->store, c);
	}
	if (!e)
		e = case_publish(town, c);
	return e ? e : town_audit_user(town, user, "case.sent_back", c->id, detail);
}
