/* store_rules.h: the store's part on the rules of the house: those on the wall in their order, and drafts of them. */
#ifndef TOWNSHIP_STORE_RULES_H
#define TOWNSHIP_STORE_RULES_H

#include "township/store.h"

struct town_rule {
	char id[64];
	char title[TOWN_NAME_SIZE];
	char *text; /* owned */
	int64_t article_count;
	int64_t position; /* on the wall, from 1; 0 for a draft */
	bool placed;      /* the kiosks have been told the position */
	int64_t at_ms;    /* published or, of a draft, changed; 0: not known */
	char by[64];
};
void town_rule_clear(struct town_rule *rule);

/* Adds it at the end of the wall, or changes the one of that id in its place; gives the place. */
MUST_USE enum err town_rule_put(struct town_store *store, const struct rules_rule *rule, const char *by, int64_t now_ms,
                                int64_t *position);
/* ERR_NOT_FOUND */
MUST_USE enum err town_rule_get(struct town_store *store, const char *id, struct town_rule *rule);
MUST_USE enum err town_rule_remove(struct town_store *store, const char *id);
/* Its place, which the kiosks are being told. */
MUST_USE enum err town_rule_place(struct town_store *store, const char *id, int64_t position);
/* In the wall's order: [{"id","title","articles","position","placed","at","by","draft" (whether there is one)}] */
MUST_USE enum err town_rules_json(struct town_store *store, json_t **list);

/* A draft of that id, new or changed. */
MUST_USE enum err town_rule_draft_put(struct town_store *store, const struct town_rule *draft);
/* ERR_NOT_FOUND */
MUST_USE enum err town_rule_draft_get(struct town_store *store, const char *id, struct town_rule *draft);
MUST_USE enum err town_rule_draft_remove(struct town_store *store, const char *id);
/* By age: [{"id","title","articles","at","by","replaces" (the title on the wall, "" for a new rule)}] */
MUST_USE enum err town_rule_drafts_json(struct town_store *store, json_t **list);

/* The id of the rule or draft of that title: one on the wall first. ERR_NOT_FOUND */
MUST_USE enum err town_rule_find(struct town_store *store, const char *title, char id[64]);
/* Whether a rule or draft has that id. */
MUST_USE enum err town_rule_known(struct town_store *store, const char *id, bool *known);

#endif
