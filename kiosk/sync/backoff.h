/* backoff.h: how long to wait after failures: 1 s, doubling, at most 5 minutes, a random half of it taken off
 * so that many kiosks do not come back all at once. Pure. */
#ifndef SYNC_BACKOFF_H
#define SYNC_BACKOFF_H

#include <stdint.h>

enum { BACKOFF_FIRST_MS = 1000, BACKOFF_MAX_MS = 5 * 60 * 1000 };

struct backoff {
	int failures;
}; /* in a row */

/* One more failure: the milliseconds to wait, from half of the step to all of it, by `random`. */
int64_t backoff_fail(struct backoff *b, uint32_t random);
void backoff_reset(struct backoff *b);

#endif
