/* Activities as the office announces them: who is meant, and what the kiosks get of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "township/attendance.h"
#include "township/publish.h"

static json_t *invited_json(const struct town_invitees *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->count; i++) {
		json_t *item = json_pack("{s:s, s:s}", "deputy", list->items[i].deputy, "seat", list->items[i].seat);
		if (!item || json_array_append_new(array, item)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

enum err activity_publish(struct town *town, const struct activity *a, const struct town_invitees *list)
{
	json_t *invited = invited_json(list);
	json_t *data =
		invited ? json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:o}", "kind",
	                        activity_kind_id(a->kind), "title", a->title, "place", a->place, "starts",
	                        (json_int_t)a->starts_ms, "ends", (json_int_t)a->ends_ms, "opens_min", a->opens_min,
	                        "grace_min", a->grace_min, "quorum", a->quorum, "signs_out", a->signs_out, "cancelled",
	                        a->cancelled, "invited", invited)
				: NULL;
	if (!data)
		return ERR_NOMEM;
	enum err e = town_activity_put(town->store, a, list);
	if (!e)
		e = town_change_put(town->store, "activity", "put", a->id, data, town_now_ms());
	json_decref(data);
	return e;
}

enum err activity_cancel(struct town *town, struct activity *a)
{
	struct town_invitees list;
	enum err e = town_invitees_get(town->store, a->id, &list);
	if (e)
		return e;
	a->cancelled = true;
	e = activity_publish(town, a, &list);
	town_invitees_clear(&list);
	return e;
}

struct activity_who activity_who_of(const char *name, const char *seat)
{
	static const char *const levels[] = {"township", "county", "city"};
	struct activity_who who = {.kind = strcmp(name, "all") == 0 ? WHO_ALL : WHO_NAME};
	(void)str_copy(who.name, sizeof who.name, name); /* an empty name is nobody's */
	(void)str_copy(who.seat, sizeof who.seat, seat);
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strcmp(levels[i], name) == 0)
			who.kind = WHO_LEVEL;
	return who;
}

enum err activity_invite(struct town *town, const struct activity_who *who, struct town_invitees *list)
{
	char id[REPORT_ID_SIZE];
	if (who->kind == WHO_NAME) {
		enum err e = town_deputy_resolve(town->store, who->name, id);
		if (e != ERR_NOT_FOUND)
			return e ? e : town_invitees_add(list, id, who->seat);
	}
	struct town_invitees all = {0};
	enum err e = town_deputies_of(town->store, who->kind == WHO_NAME ? who->name : NULL,
	                              who->kind == WHO_LEVEL ? who->name : NULL, &all);
	for (size_t i = 0; i < all.count && !e; i++)
		e = town_invitees_add(list, all.items[i].deputy, "");
	if (!e && all.count == 0)
		e = ERR_NOT_FOUND;
	town_invitees_clear(&all);
	return e;
}

/* One row: resolved and published. What is wrong with it is told, and counted. */
static enum err take_row(struct town *town, const struct activity_plan_row *row, const char *path, size_t *bad)
{
	struct town_invitees list = {0};
	struct activity known, a = row->activity;
	const char *why = "";
	size_t before = *bad;
	enum err e = ERR_OK;
	for (size_t i = 0; i < row->who_count && !e; i++) {
		e = activity_invite(town, &row->who[i], &list);
		if (e != ERR_NOT_FOUND && e != ERR_EXISTS)
			continue;
		fprintf(stderr,
		        e == ERR_EXISTS ? "township: %s:%d: several deputies are called %s: write the id\n"
		                        : "township: %s:%d: no deputy and no group is called %s\n",
		        path, row->row, row->who[i].kind == WHO_ALL ? "all" : row->who[i].name);
		e = ERR_OK;
		(*bad)++;
	}
	if (!e && activity_check(&a, &why)) {
		fprintf(stderr, "township: %s:%d: %s\n", path, row->row, why);
		(*bad)++;
	}
	/* What the office has called off stays so, however often the table is taken in. */
	if (!e) {
		e = town_activity_get(town->store, a.id, &known);
		a.cancelled = !e && known.cancelled;
		e = e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	if (!e && *bad == before)
		e = activity_publish(town, &a, &list);
	town_invitees_clear(&list);
	return e;
}

static enum err take_plan(struct town *town, const struct activity_plan *plan, const char *path, char problem[512])
{
	size_t bad = 0;
	enum err e = town_begin(town->store);
	for (size_t i = 0; i < plan->count && !e; i++)
		e = take_row(town, &plan->rows[i], path, &bad);
	if (!e && bad > 0) {
		snprintf(problem, 512, "%.300s: nothing was taken in; mend what is named above", path);
		e = ERR_INVALID;
	}
	if (!e)
		e = town_audit(town, "operator", "activities.imported", path, "");
	return town_end(town->store, e);
}

enum err import_activities(struct town *town, const char *path, size_t *count, char problem[512])
{
	char *text;
	size_t len;
	struct activity_plan plan = {0};
	struct roster_problems problems = {0};
	enum err e = import_text(path, &text, &len, problem);
	if (e)
		return e;
	e = activity_parse_csv(text, len, civil_from_ms(town_now_ms()).date, &plan, &problems);
	free(text);
	if (e)
		import_problems(path, &problems, e, problem);
	else
		e = take_plan(town, &plan, path, problem);
	*count = plan.count;
	activity_plan_clear(&plan);
	roster_problems_clear(&problems);
	return e;
}
