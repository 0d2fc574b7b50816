/* How deputies' proposals are shown: to the office, and to those who signed them. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "township/proposals.h"

enum { LIST_OF_DEPUTY = 200 };

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static enum err mark(json_t *row, struct civil_date today)
{
	static const char *const lights[] = {[CASE_GREEN] = "green", [CASE_AMBER] = "amber", [CASE_RED] = "red"};
	char label[PROPOSAL_NUMBER_SIZE];
	struct civil_date due;
	bool motion = strcmp(member(row, "kind"), "motion") == 0;
	const char *light = civil_parse(member(row, "due"), &due) ? "" : lights[case_light(due, today)];
	proposal_number_text(motion, (int)json_integer_value(json_object_get(row, motion ? "motion_number" : "number")), label);
	return json_object_set_new(row, "label", json_string(label)) || json_object_set_new(row, "light", json_string(light))
	           ? ERR_NOMEM
	           : ERR_OK;
}

enum err proposals_mark(json_t *list, const char *today)
{
	struct civil_date day;
	size_t i;
	json_t *row;
	enum err e = civil_parse(today, &day);
	json_array_foreach (list, i, row) {
		if (!e)
			e = mark(row, day);
	}
	return e;
}

/* The steps that the rules allow now; a consent, where one is needed, is asked for with the step. */
static json_t *allowed_json(const struct town_proposal *p)
{
	json_t *list = json_array();
	struct proposal_facts facts = {p->kind, p->state, p->extended, p->talked, true};
	for (int s = 0; s < PROPOSAL_STEP_COUNT; s++) {
		enum proposal_state next;
		if (proposal_step_apply(&facts, (enum proposal_step)s, &next) == ERR_OK)
			json_array_append_new(list, json_string(proposal_step_id((enum proposal_step)s)));
	}
	return list;
}

static enum err opened(struct town *town, const char *id, struct town_proposal *p, json_t **proposal)
{
	json_t *found = NULL;
	enum err e = town_proposal_get(town->store, id, p);
	if (!e)
		e = town_proposal_json(town->store, id, &found);
	if (!e)
		e = mark(found, civil_from_ms(town_now_ms()).date);
	if (e)
		json_decref(found);
	else
		*proposal = found;
	return e;
}

enum err proposal_open(struct town *town, const char *id, json_t **proposal)
{
	struct town_proposal p;
	struct civil_date transferred;
	char latest[TOWN_DATE_SIZE] = "";
	json_t *found;
	enum err e = opened(town, id, &p, &found);
	if (e)
		return e;
	if (p.state == PROPOSAL_TRANSFERRED && !p.extended && civil_parse(p.transferred, &transferred) == ERR_OK)
		civil_format(case_answer_due(transferred, true, &town->rules), latest);
	if (json_object_set_new(found, "allowed", allowed_json(&p)) || json_object_set_new(found, "latest", json_string(latest))) {
		json_decref(found);
		return ERR_NOMEM;
	}
	*proposal = found;
	return ERR_OK;
}

static enum err mark_for(json_t *row, const char *deputy)
{
	bool mine = strcmp(member(row, "author"), deputy) == 0;
	bool may_rate = mine && strcmp(member(row, "state"), proposal_state_id(PROPOSAL_ANSWERED)) == 0;
	return json_object_set_new(row, "mine", json_boolean(mine)) || json_object_set_new(row, "may_rate", json_boolean(may_rate))
	           ? ERR_NOMEM
	           : ERR_OK;
}

enum err proposal_open_for(struct town *town, const char *id, const char *deputy, json_t **proposal)
{
	struct town_proposal p;
	bool signed_by = false;
	json_t *found, *step;
	size_t i;
	enum err e = town_proposal_signed_by(town->store, id, deputy, &signed_by);
	if (!e && !signed_by)
		e = ERR_NOT_FOUND;
	if (!e)
		e = opened(town, id, &p, &found);
	if (e)
		return e;
	json_array_foreach (json_object_get(found, "steps"), i, step)
		json_object_del(step, "user");
	e = mark_for(found, deputy);
	if (e)
		json_decref(found);
	else
		*proposal = found;
	return e;
}

enum err proposals_of(struct town *town, const char *deputy, json_t **list)
{
	char today[TOWN_DATE_SIZE];
	bool more;
	json_t *rows = NULL, *row;
	size_t i;
	const struct town_proposal_filter filter = {.deputy = deputy, .limit = LIST_OF_DEPUTY};
	town_today(today);
	enum err e = town_proposals_json(town->store, &filter, &rows, &more);
	if (!e)
		e = proposals_mark(rows, today);
	json_array_foreach (rows, i, row) {
		if (!e)
			e = mark_for(row, deputy);
	}
	if (e)
		json_decref(rows);
	else
		*list = rows;
	return e;
}
