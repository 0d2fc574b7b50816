/* store_copy.h: the store's part on copies of all it holds: making one while others write, looking whether one is sound, and
 * what must change in one that takes the place of a server which went on after it was made. */
#ifndef TOWNSHIP_STORE_COPY_H
#define TOWNSHIP_STORE_COPY_H

#include "township/store.h"

/* What is opened beside a folder's database: the file that town_open takes, in a folder. */
#define TOWN_DATABASE "township.db"

/* Writes all that is committed now to a new file, 0600, synced; writers are not held up. ERR_EXISTS, ERR_FULL. */
MUST_USE enum err town_copy_to(struct town_store *store, const char *path);
/* Whether every page and every reference is as it should be: ERR_CORRUPT, and `what` says where. */
MUST_USE enum err town_sound(struct town_store *store, char what[256]);
/* The schema's version. */
MUST_USE enum err town_schema(struct town_store *store, int64_t *version);
/* Calls `each` for every blob that is whole, in the order of their names, until it gives other than ERR_OK, and gives that. */
MUST_USE enum err town_blobs_each(struct town_store *store, enum err (*each)(void *arg, const char *sha256, int64_t size),
                                  void *arg);

/* A restored database: kiosks may have cursors and revisions of the server that it takes the place of. Both go on above
 * whatever that one can have given out (by the clock, else by a wide jump), so that every kiosk reads all there is once more;
 * nobody stays signed in; and a mark is left that town_start turns into an audit link. */
MUST_USE enum err town_mark_restored(struct town_store *store, int64_t now_ms, const char *from);

#endif
