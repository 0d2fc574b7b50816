/* event_rows.h: the rows that name an event by its number, beside cases and blobs: of attendance, leaves and flags. */
#ifndef STORE_EVENT_ROWS_H
#define STORE_EVENT_ROWS_H

#include "store/activity_rows.h"

struct event_row { const char *table, *column; char id[MEETING_ID_SIZE]; };
enum { EVENT_ROWS_MAX = 2 };

/* Those of an event of that type, data and number, as they stand in `db`; none for an event of a case. ERR_UNSUPPORTED: a
 * type that this version does not write; ERR_CORRUPT: data that it does not write. */
MUST_USE enum err event_rows(sqlite3 *db, const char *type, json_t *data, int64_t seq,
                             struct event_row rows[EVENT_ROWS_MAX], size_t *count);
/* Names the event `from` by its new number, and notes the rows. */
MUST_USE enum err event_rows_renumber(struct store *store, const char *type, json_t *data, int64_t from, int64_t to);

#endif
