/* roster_edit.h: what the office does to the roster, one act at a time: people, their numbers, honours and cards; groups and
 * constituencies. Each under the town's lock, in a transaction of its own, with its audit link and its changes for the kiosks.
 * What is refused is told in *refusal; other errors are the store's. */
#ifndef TOWNSHIP_ROSTER_EDIT_H
#define TOWNSHIP_ROSTER_EDIT_H

#include "township/refusal.h"
#include "township/store_groups.h"
#include "township/town.h"

/* ---- people (roster_edit.c) ---- */

/* Changes the deputy of that id, or brings back who has left; with an empty id it is a new one, which gets its id. `mark`: as
 * the form was made (roster_person_mark); ERR_STATE when somebody else has changed them since. The person needs no digest. */
MUST_USE enum err roster_save(struct town *town, struct roster_person *p, const char *mark, const char *user,
                              struct refusal *refusal);
MUST_USE enum err roster_leave(struct town *town, const char *deputy, const char *user, struct refusal *refusal);
/* Registers an ID number, of which only the digest is kept; NULL takes it back. Not under the lock: it takes it itself, and
 * some tens of milliseconds. */
MUST_USE enum err roster_id_number(struct town *town, const char *deputy, const char *number, const char *user,
                                   struct refusal *refusal);
/* Gives the honour its id. */
MUST_USE enum err roster_honour_add(struct town *town, struct town_honour *honour, const char *user, struct refusal *refusal);
MUST_USE enum err roster_honour_remove(struct town *town, const char *deputy, const char *id, const char *user,
                                       struct refusal *refusal);
/* "put" or "del" of a deputy's portrait; `data` is as in the change, borrowed. ERR_NOT_FOUND: no such deputy. */
MUST_USE enum err roster_portrait(struct town *town, const char *deputy, const char *op, json_t *data, const char *user);

/* ---- groups and constituencies (group_edit.c) ---- */

struct group_officers {
	const char *leader, *deputy_leader, *recorder; /* ids, "" for nobody; who is in another group comes over */
	const char *const *liaisons;                   /* ids of linked presidium members */
	size_t liaison_count;
};
/* A new one where *id is 0. */
MUST_USE enum err group_save(struct town *town, int64_t *id, const char *name, const struct group_officers *officers,
                             const char *user, struct refusal *refusal);
MUST_USE enum err group_remove(struct town *town, int64_t id, const char *user, struct refusal *refusal);

/* A new one where its id is ""; the level of one that is there stays. Mandates follow: the name; and the villages, where a
 * deputy has all of them or some that are no more. */
MUST_USE enum err constituency_save(struct town *town, struct town_constituency *c, const char *user, struct refusal *refusal);
MUST_USE enum err constituency_remove(struct town *town, const char *id, const char *user, struct refusal *refusal);

#endif
