/* ingest.h: a kiosk's batch of events: in order, once each, the bad ones set aside with their reason. */
#ifndef TOWNSHIP_INGEST_H
#define TOWNSHIP_INGEST_H

#include "township/store_kiosks.h"
#include "township/town.h"

enum { BATCH_MAX_EVENTS = 1000, LOST_MAX_EVENTS = 10000 };

struct ingest {
	int64_t acked;   /* everything up to here was accepted or refused */
	json_t *refused; /* [{"seq","reason"}]; the caller's */
	int accepted;    /* new ones */
	int64_t gap_at;  /* > 0: numbers are missing from here on; nothing of the batch was taken */
};

/* What a kiosk says it can never send: its disk lost them. Their numbers are passed over, and filled if they
 * turn up after all. */
struct ingest_lost {
	int64_t from, until;
}; /* from 0: none */

/* Takes the batch in one transaction; *kiosk is read anew. `events` is the array of {"payload","sig"}. It takes the town's
 * lock itself, after signatures were checked and bodies opened. ERR_STATE: a gap, see gap_at. ERR_INVALID: not such an
 * array, or too many. */
MUST_USE enum err ingest_batch(struct town *town, struct town_kiosk *kiosk, const json_t *events,
                               const struct ingest_lost *lost, struct ingest *result);

#endif
