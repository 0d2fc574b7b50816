/* What a voter judged before this server was restored from a copy that has not the answer: the judgement is good, though the
 * answer itself is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/cases.h"

/* The floor is the time of the restore (store_copy.h), or something later where the clock was wrong. */
bool case_answer_lost(const struct town *town, const struct town_case *c, const struct event_head *head, int64_t round)
{
	bool unanswered = c->state != CASE_ANSWERED && c->state != CASE_CLOSED;
	bool before = head->clock_ok ? head->at_ms < town->rev_floor : c->rev < town->rev_floor;
	return town->rev_floor > 0 && unanswered && before && (round == 0 || round == c->round);
}

enum err case_note_lost_answer(struct town *town, struct town_case *c, int64_t judged_ms)
{
	static const char note[] = "（当时已经答复，选民也评价了；服务器恢复备份后，答复的原文没有了，请从纸质档案补记。）";
	struct town_step step = {.step = "answer", .round = c->round, .at_ms = judged_ms};
	snprintf(step.who, sizeof step.who, "%s人大办", town->township);
	enum err e = town_seal(town, note, sizeof note - 1, &step.note, &step.note_len);
	if (!e)
		e = town_step_add(town->store, c->id, &step);
	free(step.note);
	return e;
}
