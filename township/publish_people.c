/* The roster's people, groups and constituencies, kept and put into the stream of changes. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/publish.h"
#include "township/store_attendance.h"
#include "township/store_groups.h"
#include "township/villages.h"

static const char *const group_roles[] = {GROUP_LEADER, GROUP_DEPUTY_LEADER, GROUP_RECORDER};

bool group_role_single(const char *role)
{
	for (size_t i = 0; i < sizeof group_roles / sizeof *group_roles; i++)
		if (strcmp(group_roles[i], role) == 0)
			return true;
	return false;
}

/* ---- groups and constituencies ---- */

static enum err liaison_ids(const json_t *group, json_t **ids)
{
	const json_t *one;
	size_t i;
	*ids = json_array();
	json_array_foreach (json_object_get(group, "liaisons"), i, one)
		json_array_append(*ids, json_object_get(one, "id"));
	return *ids ? ERR_OK : ERR_NOMEM;
}

static enum err put_group(struct town *town, const json_t *group)
{
	char id[32];
	json_t *ids;
	enum err e = liaison_ids(group, &ids);
	if (e)
		return e;
	snprintf(id, sizeof id, "g-%s", json_string_value(json_object_get(group, "id")));
	json_t *data = json_pack("{s:O, s:O, s:O, s:O, s:o}", "name", json_object_get(group, "name"), "leader",
	                         json_object_get(group, "leader"), "deputy_leader", json_object_get(group, "deputy_leader"),
	                         "recorder", json_object_get(group, "recorder"), "liaisons", ids);
	e = data ? town_change_put(town->store, "group", "put", id, data, town_now_ms()) : ERR_NOMEM;
	json_decref(data);
	return e;
}

enum err publish_group(struct town *town, int64_t id)
{
	char wanted[24];
	json_t *groups;
	const json_t *group;
	size_t i;
	snprintf(wanted, sizeof wanted, "%lld", (long long)id);
	enum err e = town_groups_json(town->store, &groups);
	if (e)
		return e;
	e = ERR_NOT_FOUND;
	json_array_foreach (groups, i, group)
		if (strcmp(json_string_value(json_object_get(group, "id")), wanted) == 0)
			e = put_group(town, group);
	json_decref(groups);
	return e;
}

enum err publish_group_gone(struct town *town, int64_t id)
{
	char name[32];
	snprintf(name, sizeof name, "g-%lld", (long long)id);
	json_t *nothing = json_object();
	enum err e = nothing ? town_change_put(town->store, "group", "del", name, nothing, town_now_ms()) : ERR_NOMEM;
	json_decref(nothing);
	return e;
}

enum err publish_constituency(struct town *town, const struct town_constituency *c)
{
	json_t *data = json_pack("{s:s, s:s, s:s, s:i}", "level", c->level, "name", c->name, "villages", c->villages, "seats", c->seats);
	enum err e = data ? town_change_put(town->store, "constituency", "put", c->id, data, town_now_ms()) : ERR_NOMEM;
	json_decref(data);
	return e;
}

enum err publish_constituency_gone(struct town *town, const char *id)
{
	json_t *nothing = json_object();
	enum err e = nothing ? town_change_put(town->store, "constituency", "del", id, nothing, town_now_ms()) : ERR_NOMEM;
	json_decref(nothing);
	return e;
}

void constituency_new_id(char id[32])
{
	uint8_t random[8];
	char hex[2 * sizeof random + 1];
	randombytes_buf(random, sizeof random);
	snprintf(id, 32, "c-%s", sodium_bin2hex(hex, sizeof hex, random, sizeof random));
}

/* A mandate's constituency is there, and knows its villages. */
static enum err know_constituency(struct town *town, const struct roster_mandate *m)
{
	struct town_constituency c;
	if (!m->constituency[0])
		return ERR_OK;
	enum err e = town_constituency_find(town->store, m->level, m->constituency, &c);
	bool known = !e;
	if (e == ERR_NOT_FOUND) {
		memset(&c, 0, sizeof c);
		constituency_new_id(c.id);
		snprintf(c.level, sizeof c.level, "%s", m->level);
		snprintf(c.name, sizeof c.name, "%s", m->constituency);
		e = ERR_OK;
	}
	bool grown = false;
	if (!e)
		grown = villages_join(c.villages, sizeof c.villages, m->villages);
	if (e || (known && !grown))
		return e;
	e = town_constituency_put(town->store, &c);
	return e ? e : publish_constituency(town, &c);
}

/* ---- people ---- */

/* Keeps or takes back the person's digest. */
static enum err keep_digest(struct town *town, const struct roster_person *p, bool back)
{
	char owner[REPORT_ID_SIZE];
	if (p->has_digest) {
		enum err e = town_digest_owner(town->store, p->id_digest, p->id, owner);
		if (e != ERR_NOT_FOUND)
			return e ? e : ERR_EXISTS;
		return town_digest_put(town->store, p->id, &p->id_params, p->id_digest);
	}
	return back ? town_digest_put(town->store, p->id, NULL, NULL) : ERR_OK;
}

static json_t *person_json(const struct roster_person *p)
{
	json_t *mandates = json_array();
	for (size_t i = 0; i < p->mandate_count; i++)
		json_array_append_new(mandates,
		                      json_pack("{s:s, s:s, s:s}", "level", p->mandates[i].level, "constituency",
		                                p->mandates[i].constituency, "villages", p->mandates[i].villages));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id", p->id, "name", p->name, "gender",
	                 p->gender, "nation", p->nation, "birth", p->birth, "job", p->job, "group", p->group, "group_role",
	                 p->group_role, "phone", p->phone, "initials", p->initials, "mandates", mandates);
}

/* The honours, without the ids that only the office needs. */
static enum err add_honours(struct town *town, const char *deputy, json_t *data)
{
	json_t *honours, *one;
	size_t i;
	enum err e = town_honours_json(town->store, deputy, &honours);
	if (e)
		return e;
	json_array_foreach (honours, i, one)
		json_object_del(one, "id");
	return json_object_set_new(data, "honours", honours) ? ERR_NOMEM : ERR_OK;
}

/* A kiosk reads only the newest state of a deputy, however late it asks: all of it is in the change. */
enum err publish_deputy_again(struct town *town, const char *deputy)
{
	struct town_person person;
	json_t *digest = NULL;
	enum err e = town_person_get(town->store, deputy, &person);
	if (e)
		return e;
	json_t *data = person_json(&person.p);
	e = data ? town_digest_json(town->store, deputy, &digest) : ERR_NOMEM;
	if (!e && digest && json_object_set_new(data, "id_digest", digest))
		e = ERR_NOMEM;
	if (!e)
		e = add_honours(town, deputy, data);
	if (!e)
		e = town_change_put(town->store, "deputy", "put", deputy, data, town_now_ms());
	json_decref(data);
	return e;
}

/* With a deputy who left, the boxes forgot the card's state and the portrait: without the state, a card that was reported
 * lost would be good again. */
static enum err publish_what_was_forgotten(struct town *town, const char *deputy)
{
	enum err e = town_change_again(town->store, "card", deputy, town_now_ms());
	return e ? e : town_change_again(town->store, "portrait", deputy, town_now_ms());
}

enum err publish_role_taken(struct town *town, int64_t group, const char *role, const char *by)
{
	char holder[REPORT_ID_SIZE];
	if (!group_role_single(role))
		return ERR_OK;
	enum err e = town_group_holder(town->store, group, role, by, holder);
	while (!e) {
		e = town_deputy_group(town->store, holder, group, "");
		if (!e)
			e = publish_deputy_again(town, holder);
		if (!e)
			e = town_group_holder(town->store, group, role, by, holder);
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* The group that the person came to and the one they came from, where that says something new of either. */
static enum err publish_groups_of(struct town *town, const struct town_person *old, const struct roster_person *p, bool group_new)
{
	bool same = strcmp(old->p.group, p->group) == 0 && strcmp(old->p.group_role, p->group_role) == 0 &&
				strcmp(old->p.name, p->name) == 0;
	int64_t id;
	enum err e = ERR_OK;
	if (p->group[0] && (group_new || (!same && (p->group_role[0] || old->p.group_role[0])))) {
		e = town_group_find(town->store, p->group, &id);
		if (!e)
			e = publish_role_taken(town, id, p->group_role, p->id);
		if (!e)
			e = publish_group(town, id);
	}
	if (!e && old->p.group[0] && old->p.group_role[0] && strcmp(old->p.group, p->group) != 0) {
		e = town_group_find(town->store, old->p.group, &id);
		if (!e)
			e = publish_group(town, id);
	}
	return e;
}

enum err publish_deputy(struct town *town, const struct roster_person *p, bool digest_back)
{
	struct town_person old;
	int64_t group;
	enum err e = town_person_get(town->store, p->id, &old);
	if (e == ERR_NOT_FOUND) {
		memset(&old, 0, sizeof old);
		e = ERR_OK;
	}
	bool group_new = false;
	if (!e && p->group[0]) {
		e = town_group_find(town->store, p->group, &group);
		group_new = e == ERR_NOT_FOUND;
		e = group_new ? ERR_OK : e;
	}
	if (!e)
		e = town_deputy_put(town->store, p);
	for (size_t i = 0; i < p->mandate_count && !e; i++)
		e = know_constituency(town, &p->mandates[i]);
	if (!e)
		e = keep_digest(town, p, digest_back);
	if (!e)
		e = publish_groups_of(town, &old, p, group_new);
	if (!e)
		e = publish_deputy_again(town, p->id);
	return !e && old.left ? publish_what_was_forgotten(town, p->id) : e;
}

enum err publish_deputy_left(struct town *town, const char *deputy)
{
	struct town_person person;
	json_t *nothing = json_object(), *liaison = NULL;
	const json_t *group;
	size_t i;
	int64_t id;
	enum err e = nothing ? town_person_get(town->store, deputy, &person) : ERR_NOMEM;
	if (!e)
		e = town_deputy_leave(town->store, deputy, town_now_ms());
	/* Known to be taken back, not unknown: a box that hears only of the return forgets it too. */
	if (!e)
		e = town_digest_put(town->store, deputy, NULL, NULL);
	if (!e)
		e = town_change_put(town->store, "deputy", "del", deputy, nothing, town_now_ms());
	if (!e)
		e = town_liaison_groups(town->store, deputy, true, &liaison);
	if (!e && person.p.group[0] && person.p.group_role[0] && !(e = town_group_find(town->store, person.p.group, &id)))
		e = publish_group(town, id);
	json_array_foreach (liaison, i, group)
		if (!e)
			e = publish_group(town, json_integer_value(group));
	json_decref(liaison);
	json_decref(nothing);
	return e;
}
