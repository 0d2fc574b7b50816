/* store_groups.h: the store's part on the roster: its people as they are kept, groups, constituencies, honours. */
#ifndef TOWNSHIP_STORE_GROUPS_H
#define TOWNSHIP_STORE_GROUPS_H

#include "township/store.h"

/* ---- people (store/deputies.c) ---- */

struct town_person {
	struct roster_person p; /* with the digest that is known */
	bool left;              /* no deputy any more */
};
struct town_people {
	struct town_person *items; /* owned; town_people_clear */
	size_t count;
};
/* One by id, whether or not they have left. ERR_NOT_FOUND */
MUST_USE enum err town_person_get(struct town_store *store, const char *id, struct town_person *person);
/* All, in the roster's order. */
MUST_USE enum err town_people_get(struct town_store *store, bool with_left, struct town_people *people);
void town_people_clear(struct town_people *people);

/* NULL and "": any. */
struct town_roster_filter {
	const char *q;       /* in name, initials, telephone; or the id */
	const char *group;   /* its name */
	const char *level;   /* "township" "county" "city" */
	const char *village; /* in the villages of a mandate, or its constituency's name */
	bool left;           /* those who have left, instead of those who are there */
	const char *after;   /* `next` of the page before */
	int limit;
};
struct town_roster_page {
	json_t *deputies; /* the caller's: [{"id","name","gender","nation","birth","job","phone","initials","group","group_role",
	                     "left" (ms or null),"mandates":[{"level","constituency","villages"}],"id_number","portrait","card"
	                     (whether there is one),"honours" (how many)}] */
	char next[TOWN_CURSOR_SIZE]; /* "" on the last page */
	int64_t count;               /* all that match */
};
MUST_USE enum err town_roster_page(struct town_store *store, const struct town_roster_filter *filter,
                                   struct town_roster_page *page);
/* One, with the same members. ERR_NOT_FOUND */
MUST_USE enum err town_roster_one(struct town_store *store, const char *id, json_t **deputy);

/* The portrait as it stands in the stream: {"media","data" (base64)}; NULL when there is none. */
MUST_USE enum err town_portrait_json(struct town_store *store, const char *deputy, json_t **portrait);

/* ---- groups (store/groups.c) ---- */

struct town_group {
	int64_t id;
	char name[128];
};
MUST_USE enum err town_group_get(struct town_store *store, int64_t id, struct town_group *group);
/* ERR_NOT_FOUND */
MUST_USE enum err town_group_find(struct town_store *store, const char *name, int64_t *id);
/* A new one. ERR_EXISTS: the name is taken. */
MUST_USE enum err town_group_add(struct town_store *store, const char *name, int64_t *id);
MUST_USE enum err town_group_rename(struct town_store *store, int64_t id, const char *name);
/* Those who have left lose their membership with it. ERR_STATE: it has members. */
MUST_USE enum err town_group_remove(struct town_store *store, int64_t id);
/* All by name: [{"id" (a text, as in addresses),"name","leader","leader_name","deputy_leader","deputy_leader_name","recorder",
 * "recorder_name" ("" for nobody),"members" (how many),"liaisons":[{"id","name"}]}]. */
MUST_USE enum err town_groups_json(struct town_store *store, json_t **list);
/* Its members, leader first: [{"id","name","role"}]. */
MUST_USE enum err town_group_members_json(struct town_store *store, int64_t id, json_t **list);
/* Who holds the role in the group, other than `but`: ERR_NOT_FOUND for nobody. */
MUST_USE enum err town_group_holder(struct town_store *store, int64_t id, const char *role, const char *but,
                                    char deputy[REPORT_ID_SIZE]);
MUST_USE enum err town_deputy_group(struct town_store *store, const char *deputy, int64_t group, const char *role);
MUST_USE enum err town_group_liaisons_drop(struct town_store *store, int64_t id);
MUST_USE enum err town_group_liaison_add(struct town_store *store, int64_t id, const char *deputy);
/* The groups that the deputy is linked to: [id, …]; they are no more when `drop`. */
MUST_USE enum err town_liaison_groups(struct town_store *store, const char *deputy, bool drop, json_t **list);

/* ---- constituencies (store/constituencies.c) ---- */

struct town_constituency {
	char id[32];
	char level[16], name[128], villages[1024];
	int seats; /* 0: not known */
};
MUST_USE enum err town_constituency_get(struct town_store *store, const char *id, struct town_constituency *c);
/* ERR_NOT_FOUND */
MUST_USE enum err town_constituency_find(struct town_store *store, const char *level, const char *name,
                                         struct town_constituency *c);
/* Adds it, or changes the one of that id. ERR_EXISTS: another has that level and name. */
MUST_USE enum err town_constituency_put(struct town_store *store, const struct town_constituency *c);
/* ERR_STATE: somebody is elected there. */
MUST_USE enum err town_constituency_remove(struct town_store *store, const char *id);
/* By level and name: [{"id","level","name","villages","seats","deputies":[{"id","name"}]}]. */
MUST_USE enum err town_constituencies_json(struct town_store *store, json_t **list);
/* Whose mandates are of that level and name, those who have left too: [{"id","left","villages"}]. */
MUST_USE enum err town_constituency_mandates(struct town_store *store, const char *level, const char *name, json_t **list);
/* A mandate's constituency text and villages. */
MUST_USE enum err town_mandate_change(struct town_store *store, const char *deputy, const char *level, const char *name,
                                      const char *new_name, const char *villages);

/* ---- honours (store/groups.c) ---- */

struct town_honour {
	char id[UUID_SIZE];
	char deputy[REPORT_ID_SIZE];
	char date[TOWN_DATE_SIZE]; /* 2026-03-12, 2026-03 or 2026 */
	char title[256], by_whom[256];
};
MUST_USE enum err town_honour_add(struct town_store *store, const struct town_honour *honour);
/* ERR_NOT_FOUND: the deputy has none of that id. */
MUST_USE enum err town_honour_remove(struct town_store *store, const char *deputy, const char *id);
/* The newest first: [{"id","date","title","by"}]. */
MUST_USE enum err town_honours_json(struct town_store *store, const char *deputy, json_t **list);

#endif
