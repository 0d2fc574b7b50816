#include "township/villages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two names, in whatever way the office wrote them. */
static const char *const separators[] = {"、", "，", "；", "　", ",", ";", "/", " ", "\t", "\n"};

/* How long the separator is that `p` begins with; 0: none. */
static size_t separator(const char *p)
{
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
		if (strncmp(p, separators[i], strlen(separators[i])) == 0)
			return strlen(separators[i]);
	return 0;
}

static enum err add_village(struct villages *v, const char *deputy, const char *name, size_t len)
{
	if (len == 0 || len >= TOWN_VILLAGE_SIZE)
		return ERR_OK; /* no village has so long a name */
	struct village *grown = realloc(v->items, (v->count + 1) * sizeof *grown);
	if (!grown)
		return ERR_NOMEM;
	v->items = grown;
	struct village *item = &grown[v->count++];
	memset(item, 0, sizeof *item);
	memcpy(item->name, name, len);
	snprintf(item->deputy, sizeof item->deputy, "%s", deputy);
	return ERR_OK;
}

static enum err add_names(struct villages *v, const char *deputy, const char *names)
{
	enum err e = ERR_OK;
	const char *from = names, *p = names;
	while (*p && !e) {
		size_t skip = separator(p);
		if (!skip) {
			p++;
			continue;
		}
		e = add_village(v, deputy, from, (size_t)(p - from));
		from = p += skip;
	}
	return e ? e : add_village(v, deputy, from, (size_t)(p - from));
}

/* The next name at *p, which moves behind it; 0 at the end. */
static size_t next_name(const char **p, const char **name)
{
	size_t skip;
	while ((skip = separator(*p)) > 0)
		*p += skip;
	*name = *p;
	while (**p && separator(*p) == 0)
		(*p)++;
	return (size_t)(*p - *name);
}

static bool has_name(const char *names, const char *name, size_t len)
{
	const char *p = names, *one;
	size_t n;
	while ((n = next_name(&p, &one)) > 0)
		if (n == len && memcmp(one, name, len) == 0)
			return true;
	return false;
}

static bool append_name(char *names, size_t size, const char *name, size_t len)
{
	size_t used = strlen(names);
	if (used + len + sizeof "、" > size)
		return false;
	snprintf(names + used, size - used, "%s%.*s", used ? "、" : "", (int)len, name);
	return true;
}

bool villages_join(char *names, size_t size, const char *more)
{
	const char *p = more, *name;
	size_t len;
	bool added = false;
	while ((len = next_name(&p, &name)) > 0)
		if (!has_name(names, name, len))
			added = append_name(names, size, name, len) || added;
	return added;
}

void villages_within(const char *names, const char *kept, char *out, size_t size)
{
	const char *p = names, *name;
	size_t len;
	out[0] = '\0';
	while ((len = next_name(&p, &name)) > 0)
		if (has_name(kept, name, len))
			(void)append_name(out, size, name, len);
}

enum err villages_load(struct town *town, struct villages *villages)
{
	json_t *list, *row;
	size_t i;
	memset(villages, 0, sizeof *villages);
	enum err e = town_mandate_villages_json(town->store, &list);
	if (e)
		return e;
	json_array_foreach (list, i, row) {
		if (!e)
			e = add_names(villages, json_string_value(json_object_get(row, "deputy")),
			              json_string_value(json_object_get(row, "villages")));
	}
	json_decref(list);
	if (e)
		villages_clear(villages);
	return e;
}

void villages_clear(struct villages *villages)
{
	free(villages->items);
	memset(villages, 0, sizeof *villages);
}

/* Whether one before it has the same name. */
static bool named_before(const struct villages *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(v->items[k].name, v->items[i].name) == 0)
			return true;
	return false;
}

enum err villages_json(struct town *town, json_t **list)
{
	struct villages v;
	enum err e = villages_load(town, &v);
	if (e)
		return e;
	*list = json_array();
	for (size_t i = 0; i < v.count && !e; i++)
		if (!named_before(&v, i) && json_array_append_new(*list, json_pack("{s:s}", "village", v.items[i].name)))
			e = ERR_NOMEM;
	villages_clear(&v);
	if (e)
		json_decref(*list);
	return e;
}

static const char *in_text(const struct villages *v, const char *text, size_t len)
{
	const char *best = NULL, *best_at = NULL, *best_end = NULL;
	for (size_t i = 0; i < v->count; i++) {
		const char *name = v->items[i].name;
		size_t size = strlen(name);
		const char *at = memmem(text, len, name, size);
		if (!at)
			continue;
		/* 柳湾村 within 杨柳湾村 is no other village: what begins earlier counts, or is the longer. */
		if (!best || at < best_at || (at == best_at && at + size > best_end)) {
			best = name;
			best_at = at;
			best_end = at + size;
		}
	}
	return best;
}

/* The one village of the deputy; NULL when there are none, or several. */
static const char *of_deputy(const struct villages *v, const char *deputy)
{
	const char *only = NULL;
	for (size_t i = 0; i < v->count; i++) {
		if (strcmp(v->items[i].deputy, deputy) != 0)
			continue;
		if (only && strcmp(only, v->items[i].name) != 0)
			return NULL;
		only = v->items[i].name;
	}
	return only;
}

void village_find(const struct villages *villages, const char *text, size_t len, const char *deputy,
                  char village[TOWN_VILLAGE_SIZE], const char **by)
{
	*by = VILLAGE_BY_TEXT;
	const char *found = in_text(villages, text, len);
	if (!found && deputy[0]) {
		*by = VILLAGE_BY_DEPUTY;
		found = of_deputy(villages, deputy);
	}
	if (!found)
		*by = "";
	snprintf(village, TOWN_VILLAGE_SIZE, "%s", found ? found : "");
}

static bool known(const struct villages *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->items[i].name, name) == 0)
			return true;
	return false;
}

enum err case_set_village(struct town *town, const char *case_id, const char *village, const char *user)
{
	struct villages v = {0};
	struct town_case c;
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_case_get(town->store, case_id, &c);
	if (!e)
		e = villages_load(town, &v);
	/* What the case has already may stay, even if the roster has forgotten it. */
	if (!e && village[0] && !known(&v, village) && strcmp(village, c.village) != 0)
		e = ERR_INVALID;
	villages_clear(&v);
	if (!e)
		e = town_case_village(town->store, case_id, village, VILLAGE_BY_OFFICE);
	if (!e)
		e = town_audit_user(town, user, "case.village", case_id, village);
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}
