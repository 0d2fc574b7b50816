/* Activities as the office announces them: who is meant, and what the kiosks get of it. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/attendance.h"
#include "township/publish.h"
#include "township/store_activity_papers.h"

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

static json_t *change_json(const struct activity *a, const struct town_invitees *list)
{
	json_t *invited = invited_json(list);
	return invited ? json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:o}", "kind",
	                           activity_kind_id(a->kind), "title", a->title, "place", a->place, "starts",
	                           (json_int_t)a->starts_ms, "ends", (json_int_t)a->ends_ms, "opens_min", a->opens_min,
	                           "grace_min", a->grace_min, "quorum", a->quorum, "signs_out", a->signs_out, "cancelled",
	                           a->cancelled, "invited", invited)
	               : NULL;
}

/* What the kiosks have of it already; NULL in *data when they have nothing. */
static enum err known_json(struct town *town, const char *id, bool *cancelled, json_t **data)
{
	struct activity known;
	struct town_invitees list = {0};
	*data = NULL;
	*cancelled = false;
	enum err e = town_activity_get(town->store, id, &known);
	if (!e)
		e = town_invitees_get(town->store, id, &list);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	*cancelled = known.cancelled;
	*data = change_json(&known, &list);
	town_invitees_clear(&list);
	return *data ? ERR_OK : ERR_NOMEM;
}

/* The link of the audit chain says what was published, so that its hash vouches for that. */
static enum err audit_publication(struct town *town, const struct town_publication *p, const json_t *data)
{
	char act[32], detail[2048], from[TOWN_DATE_SIZE], sum[33];
	uint8_t hash[16];
	char *text = json_dumps(data, JSON_COMPACT);
	if (!text)
		return ERR_NOMEM;
	crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
	free(text);
	sodium_bin2hex(sum, sizeof sum, hash, sizeof hash);
	const struct activity *a = p->activity;
	struct civil_time begins = civil_from_ms(a->starts_ms), ends = civil_from_ms(a->ends_ms);
	civil_format(begins.date, from);
	snprintf(act, sizeof act, "activity.%s", p->what);
	snprintf(detail, sizeof detail, "%s；%s；%s %02d:%02d 至 %d-%02d %02d:%02d；邀请 %d 人；内容摘要 %s%s%s", a->title, a->place,
	         from, begins.hour % 24, begins.minute % 60, ends.date.month, ends.date.day, ends.hour % 24, ends.minute % 60,
	         p->invited, sum, p->late_reason[0] ? "；提前天数不足，原因：" : "", p->late_reason);
	return town_audit(town, p->who, act, a->id, detail);
}

/* Whether the notice was kept, for this date: what is moved within its day keeps the notice that it had. */
static enum err judge_notice(struct town *town, struct town_publication *p)
{
	int64_t starts_ms;
	const struct activity *a = p->activity;
	struct notice n = notice_check(&town->notice, a->kind, a->starts_ms, p->at_ms);
	p->notice_days = n.days;
	p->in_time = n.in_time;
	/* Called off, or entered when it was over already: there is no notice to keep. */
	if (a->cancelled || (a->ends_ms <= p->at_ms && !p->late_reason[0])) {
		p->notice_days = 0;
		p->in_time = true;
		return ERR_OK;
	}
	int days;
	bool in_time;
	enum err e = town_publication_last(town->store, a->id, &days, &in_time, &starts_ms);
	if (!e && days > 0 && civil_compare(civil_from_ms(starts_ms).date, civil_from_ms(a->starts_ms).date) == 0) {
		p->notice_days = days;
		p->in_time = in_time;
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err activity_publish(struct town *town, const struct activity *a, const struct town_invitees *list, const char *who,
                          const char *late_reason)
{
	struct town_publication p = {.activity = a,
	                             .invited = (int)list->count,
	                             .at_ms = town_now_ms(),
	                             .who = who,
	                             .late_reason = late_reason ? late_reason : ""};
	uint8_t hash[DIGEST_BYTES];
	bool was_cancelled;
	json_t *known, *data = change_json(a, list);
	enum err e = data ? known_json(town, a->id, &was_cancelled, &known) : ERR_NOMEM;
	if (e || (known && json_equal(known, data))) { /* published as it is */
		if (!e)
			json_decref(known);
		json_decref(data);
		return e;
	}
	p.what = !known ? "published" : a->cancelled && !was_cancelled ? "cancelled" : "changed";
	json_decref(known);
	e = judge_notice(town, &p);
	if (!e)
		e = town_activity_put(town->store, a, list);
	if (!e)
		e = town_change_put(town->store, "activity", "put", a->id, data, p.at_ms);
	if (!e)
		e = town_change_tip(town->store, &p.cursor);
	if (!e)
		e = audit_publication(town, &p, data);
	if (!e)
		e = town_audit_tip(town->store, &p.link, hash);
	if (!e)
		e = town_publication_add(town->store, &p);
	json_decref(data);
	return e;
}

enum err activity_cancel(struct town *town, struct activity *a, const char *who)
{
	struct town_invitees list;
	enum err e = town_invitees_get(town->store, a->id, &list);
	if (e)
		return e;
	a->cancelled = true;
	e = activity_publish(town, a, &list, who, NULL);
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
		e = activity_publish(town, &a, &list, "operator", NULL);
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
