/* villages.h: which village a report is about: the names of the roster, found in the words, or by the chosen deputy. */
#ifndef TOWNSHIP_VILLAGES_H
#define TOWNSHIP_VILLAGES_H

#include "township/town.h"

/* Who says which village it is; "" for nobody: unknown. */
#define VILLAGE_BY_TEXT "text"     /* it stands in the words */
#define VILLAGE_BY_DEPUTY "deputy" /* the only one of the chosen deputy's */
#define VILLAGE_BY_OFFICE "office" /* a clerk */

/* The villages as the roster names them, and each deputy's. Owns its parts; villages_clear. */
struct villages {
	struct village {
		char name[TOWN_VILLAGE_SIZE];
		char deputy[REPORT_ID_SIZE];
	} *items; /* one entry a deputy and village, in the roster's order */
	size_t count;
};
/* Under the town's lock. */
MUST_USE enum err villages_load(struct town *town, struct villages *villages);
void villages_clear(struct villages *villages);
/* For select boxes: each of them once, in the roster's order: [{"village": "青禾村"}]. Under the town's lock. */
MUST_USE enum err villages_json(struct town *town, json_t **list);

/* Adds those of `more` ("青禾村、上禾村") that are not in `names` yet, as far as there is room; whether it added any. Pure. */
bool villages_join(char *names, size_t size, const char *more);
/* Those of `names` that are also in `kept`, "" for none. Pure. */
void villages_within(const char *names, const char *kept, char *out, size_t size);

/* The village that the words name (the one named first; the longest name where one holds another), else the deputy's where
 * they have just one. *by is a VILLAGE_BY_…, or "" with an empty name. Pure. */
void village_find(const struct villages *villages, const char *text, size_t len, const char *deputy,
                  char village[TOWN_VILLAGE_SIZE], const char **by);

/* A clerk says which village it is ("" for: not to be known), with the audit link. Takes the town's lock and begins its own
 * transaction. ERR_INVALID: not one of the roster's villages; ERR_NOT_FOUND: no such case. */
MUST_USE enum err case_set_village(struct town *town, const char *case_id, const char *village, const char *user);

#endif
