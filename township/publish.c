#include "township/publish.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/store_rules.h"

enum err publish_id_params(struct town *town, struct id_params *params)
{
	size_t len = sizeof params->salt;
	*params = (struct id_params){.ops = ID_ARGON_OPS, .mem_kib = ID_ARGON_MEM_KIB};
	enum err e = town_begin(town->store);
	if (!e)
		e = town_meta_get(town->store, "id_salt", params->salt, &len);
	if (!e && len != sizeof params->salt)
		e = ERR_CORRUPT;
	if (e == ERR_NOT_FOUND) {
		randombytes_buf(params->salt, sizeof params->salt);
		e = town_meta_put(town->store, "id_salt", params->salt, sizeof params->salt);
	}
	return town_end(town->store, e);
}

static enum err rule_change(struct town *town, const char *id, const char *title, const char *text, int64_t articles, int64_t position)
{
	json_t *data = json_pack("{s:s, s:s, s:I, s:I}", "title", title, "text", text, "article_count", (json_int_t)articles, "position",
	                         (json_int_t)position);
	enum err e = data ? town_change_put(town->store, "rule", "put", id, data, town_now_ms()) : ERR_NOMEM;
	json_decref(data);
	return e;
}

enum err publish_rule(struct town *town, const struct rules_rule *rule, const char *by)
{
	int64_t position = 0;
	enum err e = town_rule_put(town->store, rule, by, town_now_ms(), &position);
	return e ? e : rule_change(town, rule->id, rule->title, rule->text, (int64_t)rule->article_count, position);
}

enum err publish_rule_again(struct town *town, const char *id)
{
	struct town_rule rule;
	enum err e = town_rule_get(town->store, id, &rule);
	if (!e)
		e = rule_change(town, id, rule.title, rule.text, rule.article_count, rule.position);
	town_rule_clear(&rule);
	return e;
}

static enum err duty_change(struct town *town, const struct town_duty *d, const char *date, const char *op)
{
	char id[REPORT_ID_SIZE + 16];
	if (d->weekday >= 0)
		snprintf(id, sizeof id, "%.40s-%s", d->id, date);
	else
		snprintf(id, sizeof id, "%s", d->id);
	json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s}", "deputy", d->deputy, "date", date, "from", d->from,
	                         "until", d->until, "room", d->room);
	if (!data)
		return ERR_NOMEM;
	enum err e = town_change_put(town->store, "duty", op, id, data, town_now_ms());
	json_decref(data);
	return e;
}

/* Every line of the rota that falls on one of the days. */
static enum err duty_days(struct town *town, const struct town_duties *rota, int64_t first, int64_t last,
                          const char *op)
{
	enum err e = ERR_OK;
	for (int64_t day = first; day <= last && !e; day++) {
		struct civil_date date = civil_from_day_number(day);
		char text[TOWN_DATE_SIZE];
		civil_format(date, text);
		for (size_t i = 0; i < rota->count && !e; i++) {
			const struct town_duty *d = &rota->items[i];
			if (d->weekday >= 0 ? d->weekday == civil_weekday(date) : strcmp(d->date, text) == 0)
				e = duty_change(town, d, text, op);
		}
	}
	return e;
}

/* The day up to which something was done, kept as a date; `otherwise` when never. */
static enum err day_mark(struct town *town, const char *key, int64_t otherwise, int64_t *day)
{
	char text[TOWN_DATE_SIZE] = "";
	size_t len = sizeof text - 1;
	struct civil_date date;
	enum err e = town_meta_get(town->store, key, text, &len);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*day = !e && civil_parse(text, &date) == ERR_OK ? civil_day_number(date) : otherwise;
	return ERR_OK;
}

static enum err set_day_mark(struct town *town, const char *key, int64_t day)
{
	char text[TOWN_DATE_SIZE];
	civil_format(civil_from_day_number(day), text);
	return town_meta_put(town->store, key, text, strlen(text));
}

enum err publish_duty_days(struct town *town, bool *changed)
{
	struct town_duties rota;
	int64_t today = civil_day_number(civil_from_ms(town_now_ms()).date), ahead = 0, swept = 0;
	*changed = false;
	enum err e = day_mark(town, "duty_ahead", today - 1, &ahead);
	if (!e)
		e = day_mark(town, "duty_swept", today - DUTY_KEPT_DAYS - 1, &swept);
	/* A clock that jumped is no reason to publish years of days. */
	if (ahead < today - 1 || ahead > today + DUTY_AHEAD_DAYS)
		ahead = today - 1;
	if (swept < today - 3 * DUTY_AHEAD_DAYS)
		swept = today - 3 * DUTY_AHEAD_DAYS;
	if (e || (ahead >= today + DUTY_AHEAD_DAYS && swept >= today - DUTY_KEPT_DAYS - 1))
		return e;
	e = town_duties_get(town->store, &rota);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = duty_days(town, &rota, swept + 1, today - DUTY_KEPT_DAYS - 1, "del");
	if (!e)
		e = duty_days(town, &rota, ahead + 1, today + DUTY_AHEAD_DAYS, "put");
	if (!e)
		e = set_day_mark(town, "duty_ahead", today + DUTY_AHEAD_DAYS);
	if (!e)
		e = set_day_mark(town, "duty_swept", today - DUTY_KEPT_DAYS - 1);
	e = town_end(town->store, e);
	*changed = !e && rota.count > 0;
	town_duties_clear(&rota);
	return e;
}
