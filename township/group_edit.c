/* What the office does to groups and constituencies. */
#include <stdio.h>
#include <string.h>

#include "township/publish.h"
#include "township/roster_edit.h"
#include "township/villages.h"

static enum err find_active(struct town *town, const char *deputy, struct town_person *person, struct refusal *refusal)
{
	enum err e = town_person_get(town->store, deputy, person);
	if (e == ERR_NOT_FOUND || (!e && person->left))
		e = refuse_with(refusal, ERR_INVALID, "请从列表里另选一位", "选的人不在名册里，或已经离任");
	return e;
}

/* The deputy comes to the group in that role; the group they came from loses what they were there. */
static enum err appoint(struct town *town, int64_t group, const char *role, const char *deputy, struct refusal *refusal)
{
	struct town_person person;
	int64_t from;
	enum err e = find_active(town, deputy, &person, refusal);
	if (!e)
		e = town_deputy_group(town->store, deputy, group, role);
	if (!e)
		e = publish_role_taken(town, group, role, deputy);
	if (!e)
		e = publish_deputy_again(town, deputy);
	if (!e && person.p.group[0] && person.p.group_role[0]) {
		e = town_group_find(town->store, person.p.group, &from);
		if (!e && from != group)
			e = publish_group(town, from);
	}
	return e;
}

static enum err set_officer(struct town *town, int64_t group, const char *role, const char *wanted, struct refusal *refusal)
{
	char now[REPORT_ID_SIZE] = "";
	enum err e = town_group_holder(town->store, group, role, "", now);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (strcmp(now, wanted) == 0)
		return ERR_OK;
	return wanted[0] ? appoint(town, group, role, wanted, refusal) : publish_role_taken(town, group, role, "");
}

static enum err check_officers(const struct group_officers *o, struct refusal *refusal)
{
	const char *ids[] = {o->leader, o->deputy_leader, o->recorder};
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < i; k++)
			if (ids[i][0] && strcmp(ids[i], ids[k]) == 0)
				return refuse_with(refusal, ERR_INVALID, "请各选一位", "同一位代表在小组里只能有一个职务");
	return ERR_OK;
}

static enum err set_liaisons(struct town *town, int64_t id, const struct group_officers *o, struct refusal *refusal)
{
	struct town_person person;
	enum err e = town_group_liaisons_drop(town->store, id);
	for (size_t i = 0; i < o->liaison_count && !e; i++) {
		e = find_active(town, o->liaisons[i], &person, refusal);
		if (!e)
			e = town_group_liaison_add(town->store, id, o->liaisons[i]);
	}
	return e;
}

static enum err publish_members(struct town *town, int64_t id)
{
	json_t *members;
	const json_t *one;
	size_t i;
	enum err e = town_group_members_json(town->store, id, &members);
	if (e)
		return e;
	json_array_foreach (members, i, one)
		if (!e)
			e = publish_deputy_again(town, json_string_value(json_object_get(one, "id")));
	json_decref(members);
	return e;
}

/* The group itself: made, or renamed. */
static enum err name_group(struct town *town, int64_t *id, const char *name, struct refusal *refusal)
{
	struct town_group known;
	enum err e;
	if (*id == 0) {
		e = town_group_add(town->store, name, id);
	} else {
		e = town_group_get(town->store, *id, &known);
		if (e == ERR_NOT_FOUND)
			return refuse_with(refusal, e, "请从小组列表里打开", "没有这个小组");
		if (!e && strcmp(known.name, name) != 0) {
			e = town_group_rename(town->store, *id, name);
			if (!e)
				e = publish_members(town, *id);
		}
	}
	return e == ERR_EXISTS ? refuse_with(refusal, e, "请换一个名称", "已经有一个叫“%s”的小组", name) : e;
}

enum err group_save(struct town *town, int64_t *id, const char *name, const struct group_officers *o, const char *user,
                    struct refusal *refusal)
{
	char object[32];
	int64_t group = *id;
	if (!name[0])
		return refuse_with(refusal, ERR_INVALID, "请写上小组的名称，例如“第一代表小组”", "没有写名称");
	enum err e = check_officers(o, refusal);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = name_group(town, &group, name, refusal);
	if (!e)
		e = set_officer(town, group, GROUP_LEADER, o->leader, refusal);
	if (!e)
		e = set_officer(town, group, GROUP_DEPUTY_LEADER, o->deputy_leader, refusal);
	if (!e)
		e = set_officer(town, group, GROUP_RECORDER, o->recorder, refusal);
	if (!e)
		e = set_liaisons(town, group, o, refusal);
	if (!e)
		e = publish_group(town, group);
	snprintf(object, sizeof object, "g-%lld", (long long)group);
	if (!e)
		e = town_audit_user(town, user, "group.put", object, name);
	e = town_end(town->store, e);
	if (!e)
		*id = group;
	return e;
}

enum err group_remove(struct town *town, int64_t id, const char *user, struct refusal *refusal)
{
	struct town_group group;
	char object[32];
	enum err e = town_begin(town->store);
	if (!e)
		e = town_group_get(town->store, id, &group);
	if (e == ERR_NOT_FOUND)
		e = refuse_with(refusal, e, "请看小组列表", "没有这个小组");
	if (!e) {
		e = town_group_remove(town->store, id);
		if (e == ERR_STATE)
			e = refuse_with(refusal, e, "请先把他们改到别的小组", "小组里还有代表，不能撤销");
	}
	if (!e)
		e = publish_group_gone(town, id);
	snprintf(object, sizeof object, "g-%lld", (long long)id);
	if (!e)
		e = town_audit_user(town, user, "group.removed", object, group.name);
	return town_end(town->store, e);
}

/* ---- constituencies ---- */

/* What villages a mandate has in the constituency as it will be. */
static void follow_villages(const char *had, const struct town_constituency *old, const struct town_constituency *c,
                            char *out, size_t size)
{
	out[0] = '\0';
	if (had[0] && strcmp(had, old->villages) != 0)
		villages_within(had, c->villages, out, size);
	else if (!had[0] && old->villages[0])
		return; /* they look after no village in particular */
	if (!out[0])
		villages_within(c->villages, c->villages, out, size);
}

static enum err follow_mandates(struct town *town, const struct town_constituency *old, const struct town_constituency *c)
{
	char villages[sizeof((struct roster_mandate *)0)->villages];
	json_t *mandates;
	const json_t *m;
	size_t i;
	enum err e = town_constituency_mandates(town->store, old->level, old->name, &mandates);
	if (e)
		return e;
	json_array_foreach (mandates, i, m) {
		const char *deputy = json_string_value(json_object_get(m, "id"));
		follow_villages(json_string_value(json_object_get(m, "villages")), old, c, villages, sizeof villages);
		if (!e)
			e = town_mandate_change(town->store, deputy, old->level, old->name, c->name, villages);
		if (!e && !json_is_true(json_object_get(m, "left")))
			e = publish_deputy_again(town, deputy);
	}
	json_decref(mandates);
	return e;
}

static enum err put_constituency(struct town *town, struct town_constituency *c, struct refusal *refusal)
{
	struct town_constituency old;
	bool new_one = c->id[0] == '\0';
	enum err e = ERR_OK;
	if (new_one) {
		constituency_new_id(c->id);
	} else {
		e = town_constituency_get(town->store, c->id, &old);
		if (e == ERR_NOT_FOUND)
			return refuse_with(refusal, e, "请从选区列表里打开", "没有这个选区");
		if (!e)
			memcpy(c->level, old.level, sizeof c->level);
	}
	if (!e)
		e = town_constituency_put(town->store, c);
	if (e == ERR_EXISTS)
		return refuse_with(refusal, e, "请换一个名称，或改已有的那一个", "这一级已经有“%s”", c->name);
	if (!e && !new_one && (strcmp(old.name, c->name) != 0 || strcmp(old.villages, c->villages) != 0))
		e = follow_mandates(town, &old, c);
	return e ? e : publish_constituency(town, c);
}

enum err constituency_save(struct town *town, struct town_constituency *c, const char *user, struct refusal *refusal)
{
	if (!c->name[0])
		return refuse_with(refusal, ERR_INVALID, "请写上选区的名称，例如“第一选区”", "没有写名称");
	enum err e = town_begin(town->store);
	if (!e)
		e = put_constituency(town, c, refusal);
	if (!e)
		e = town_audit_user(town, user, "constituency.put", c->id, c->name);
	return town_end(town->store, e);
}

enum err constituency_remove(struct town *town, const char *id, const char *user, struct refusal *refusal)
{
	struct town_constituency c;
	enum err e = town_begin(town->store);
	if (!e)
		e = town_constituency_get(town->store, id, &c);
	if (e == ERR_NOT_FOUND)
		e = refuse_with(refusal, e, "请看选区列表", "没有这个选区");
	if (!e) {
		e = town_constituency_remove(town->store, id);
		if (e == ERR_STATE)
			e = refuse_with(refusal, e, "请先改他们的选区", "还有代表是这个选区选出的，不能撤销");
	}
	if (!e)
		e = publish_constituency_gone(town, id);
	if (!e)
		e = town_audit_user(town, user, "constituency.removed", id, c.name);
	return town_end(town->store, e);
}
