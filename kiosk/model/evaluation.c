#include "model/evaluation.h"

#include <string.h>

static const char *const kind_ids[EVALUATION_KIND_COUNT] = {"deputy", "office"};
static const char *const state_ids[EVALUATION_STATE_COUNT] = {"draft", "open", "counted", "closed"};

const char *evaluation_kind_id(enum evaluation_kind kind)
{
	return (unsigned)kind < EVALUATION_KIND_COUNT ? kind_ids[kind] : "";
}

enum err evaluation_kind_parse(const char *id, enum evaluation_kind *kind)
{
	for (int i = 0; i < EVALUATION_KIND_COUNT; i++) {
		if (strcmp(kind_ids[i], id) == 0) {
			*kind = (enum evaluation_kind)i;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

const char *evaluation_state_id(enum evaluation_state state)
{
	return (unsigned)state < EVALUATION_STATE_COUNT ? state_ids[state] : "";
}

enum err evaluation_state_parse(const char *id, enum evaluation_state *state)
{
	for (int i = 0; i < EVALUATION_STATE_COUNT; i++) {
		if (strcmp(state_ids[i], id) == 0) {
			*state = (enum evaluation_state)i;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

struct evaluation_rules evaluation_rules_default(void)
{
	return (struct evaluation_rules){.min_voters = 50};
}

enum ballots_fault ballots_check(const struct ballots *b)
{
	const int all[] = {b->handed_out, b->returned, b->satisfied, b->basically, b->unsatisfied, b->invalid};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] < 0 || all[i] > BALLOTS_MAX)
			return BALLOTS_RANGE;
	if (b->handed_out == 0)
		return BALLOTS_NONE;
	if (b->returned > b->handed_out)
		return BALLOTS_RETURNED;
	return b->satisfied + b->basically + b->unsatisfied + b->invalid == b->returned ? BALLOTS_FIT : BALLOTS_SUM;
}

int ballots_valid(const struct ballots *b)
{
	return b->satisfied + b->basically + b->unsatisfied;
}

bool ballots_short(const struct ballots *b, const struct evaluation_rules *rules)
{
	return ballots_valid(b) < rules->min_voters;
}

bool ballots_poor(const struct ballots *b)
{
	return b->unsatisfied * 3 > ballots_valid(b);
}

int ballots_permille(const struct ballots *b, int part)
{
	int valid = ballots_valid(b);
	return valid ? (part * 1000 + valid / 2) / valid : 0;
}
