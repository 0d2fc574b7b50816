/* content.h: rows that come both from imports and from the township: written inside an open transaction, and
 * noted. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include "model/roster.h"
#include "store/store_internal.h"

struct duty_entry { char id[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE], day[11], from[6], until[6], room[64]; };

/* A digest of the ID number that is known already stays where `p` has none. */
MUST_USE enum err person_put(struct store *store, const struct roster_person *p);
/* With digest, card and portrait. */
MUST_USE enum err person_delete(struct store *store, const char *id);
MUST_USE enum err rule_put(struct store *store, const char *id, int64_t position, const char *title,
                           int64_t articles, const char *text);
MUST_USE enum err duty_put(struct store *store, const struct duty_entry *d);

#endif
