/* Rosters, rules and rotas as the office keeps them in files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/duty_text.h"
#include "model/utf8.h"
#include "township/publish.h"

enum { FILE_MAX = 8 * 1024 * 1024 };

enum err read_file(const char *path, char **text, size_t *len)
{
	FILE *f = fopen(path, "rbe");
	if (!f)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	setvbuf(f, NULL, _IONBF, 0); /* no second copy of what may be ID numbers */
	size_t room = 65536, have = 0, n;
	char *out = malloc(room + 1);
	enum err e = out ? ERR_OK : ERR_NOMEM;
	while (!e && (n = fread(out + have, 1, room - have, f)) > 0) {
		have += n;
		if (have < room)
			continue;
		char *grown = room >= FILE_MAX ? NULL : realloc(out, room * 2 + 1);
		if (!grown) {
			e = room >= FILE_MAX ? ERR_TOO_LONG : ERR_NOMEM;
			break;
		}
		out = grown;
		room *= 2;
	}
	if (!e && ferror(f))
		e = ERR_IO;
	fclose(f);
	if (e) {
		free(out);
		return e;
	}
	out[have] = '\0';
	*text = out;
	*len = have;
	return ERR_OK;
}

enum err import_text(const char *path, char **text, size_t *len, char problem[512])
{
	enum err e = read_file(path, text, len);
	if (e)
		snprintf(problem, 512, "%.300s: %s", path, e == ERR_NOT_FOUND ? "no such file" : err_name(e));
	else if (!utf8_valid(*text, *len)) {
		snprintf(problem, 512, "%.300s: not UTF-8; save it as \"CSV UTF-8\" or \"plain text UTF-8\"", path);
		free(*text);
		e = ERR_INVALID;
	}
	return e;
}

void import_problems(const char *path, const struct roster_problems *problems, enum err e, char problem[512])
{
	for (size_t i = 0; i < problems->count; i++)
		fprintf(stderr, "township: %s:%d: %s\n", path, problems->items[i].row, problems->items[i].what);
	if (problems->count > 0)
		snprintf(problem, 512, "%.300s: nothing was taken in; mend what is named above", path);
	else
		snprintf(problem, 512, "%.300s: %s", path, err_name(e));
}

/* ID numbers become digests before anything is locked: some tens of milliseconds each. */
static enum err digest_roster(struct town *town, struct roster *roster)
{
	struct id_params params;
	enum err e = publish_id_params(town, &params);
	return e ? e : roster_digest_ids(roster, &params);
}

static enum err take_roster(struct town *town, const struct roster *roster, const char *path, char problem[512])
{
	enum err e = town_begin(town->store);
	for (size_t i = 0; i < roster->count && !e; i++) {
		e = publish_deputy(town, &roster->people[i], false);
		if (e == ERR_EXISTS)
			snprintf(problem, 512,
			         "%.200s: nothing was taken in: the ID number of %.100s is already another deputy's; correct it, or "
			         "take it from the other one first",
			         path, roster->people[i].name);
	}
	if (!e)
		e = town_audit(town, "operator", "roster.imported", path, "");
	return town_end(town->store, e);
}

enum err import_roster(struct town *town, const char *path, size_t *count, char problem[512])
{
	char *text;
	size_t len;
	struct roster roster = {0};
	struct roster_problems problems = {0};
	enum err e = import_text(path, &text, &len, problem);
	if (e)
		return e;
	e = roster_parse_csv(text, len, &roster, &problems);
	town_forget(text, len); /* it may hold ID numbers */
	if (e)
		import_problems(path, &problems, e, problem);
	*count = roster.count;
	if (!e)
		e = digest_roster(town, &roster);
	if (!e)
		e = take_roster(town, &roster, path, problem);
	roster_clear(&roster);
	roster_problems_clear(&problems);
	return e;
}

enum err import_rules(struct town *town, const char *path, size_t *count, char problem[512])
{
	char *text;
	size_t len;
	struct rules_text rules = {0};
	enum err e = import_text(path, &text, &len, problem);
	if (e)
		return e;
	e = rules_text_parse(text, len, &rules);
	free(text);
	if (e)
		snprintf(problem, 512,
		         "%.300s: no rule found: each needs a title line that ends in 制度, 办法, 规则, 职责, 守则, "
		         "规定 or 细则",
		         path);
	*count = rules.count;
	if (!e)
		e = town_begin(town->store);
	if (!e) {
		for (size_t i = 0; i < rules.count && !e; i++)
			e = publish_rule(town, &rules.rules[i], "operator");
		if (!e)
			e = town_audit(town, "operator", "rules.imported", path, "");
		e = town_end(town->store, e);
	}
	rules_text_clear(&rules);
	return e;
}

static enum err duty_slot(struct town *town, const struct duty_slot *slot, char *problem)
{
	struct town_duty d = {.weekday = -1};
	enum err e = town_deputy_resolve(town->store, slot->name, d.deputy);
	if (e == ERR_EXISTS || e == ERR_NOT_FOUND) {
		snprintf(problem, 256,
		         e == ERR_EXISTS ? "several deputies are called %.100s: write the id" : "no deputy %.100s",
		         slot->name);
		return ERR_INVALID;
	}
	if (e)
		return e;
	if (slot->day[0] == 'w')
		d.weekday = (slot->day[1] - '0') % 7; /* w7 is Sunday */
	else
		memcpy(d.date, slot->day, sizeof d.date);
	memcpy(d.from, slot->from, sizeof d.from);
	memcpy(d.until, slot->until, sizeof d.until);
	snprintf(d.room, sizeof d.room, "%s", slot->room);
	snprintf(d.id, sizeof d.id, "d-%03d", slot->row);
	return town_duty_put(town->store, &d);
}

static enum err take_plan(struct town *town, const struct duty_plan *plan, const char *path,
                          char problem[512])
{
	char what[256] = "";
	enum err e = town_begin(town->store);
	if (!e)
		e = town_duties_drop(town->store);
	for (size_t i = 0; i < plan->count && !e; i++) {
		e = duty_slot(town, &plan->slots[i], what);
		if (e)
			snprintf(problem, 512, "%.200s:%d: %.250s", path, plan->slots[i].row,
			         what[0] ? what : err_name(e));
	}
	if (!e)
		e = town_audit(town, "operator", "duty.imported", path, "");
	/* The days to come are published anew. */
	if (!e)
		e = town_meta_put(town->store, "duty_ahead", "", 0);
	return town_end(town->store, e);
}

enum err import_duty(struct town *town, const char *path, size_t *count, char problem[512])
{
	char *text;
	size_t len;
	struct duty_plan plan = {0};
	struct roster_problems problems = {0};
	enum err e = import_text(path, &text, &len, problem);
	if (e)
		return e;
	e = duty_parse_csv(text, len, &plan, &problems);
	free(text);
	if (e)
		import_problems(path, &problems, e, problem);
	else
		e = take_plan(town, &plan, path, problem);
	*count = plan.count;
	duty_plan_clear(&plan);
	roster_problems_clear(&problems);
	return e;
}
