/* How the box is, told to the township: when something of it has changed, and every ten minutes. A lane of its own: whatever
 * becomes of it, voters' words do not wait for it. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "sync/sync.h"

enum { UNHEARD_REST_MS = 24 * 60 * 60 * 1000 };

static bool due(const struct sync *sync, const struct health *now)
{
	if (!sync->told || sync_now_ms() - sync->told_ms >= HEALTH_EVERY_MS)
		return true;
	/* In the middle of sending, the queue is about to be another. */
	return sync_settled(sync) && health_differs(&sync->last_told, now);
}

enum err tell_start(struct sync *sync)
{
	struct health now;
	struct transfer *t;
	char path[96];
	enum err e = store_health(sync->store, &now);
	if (e)
		return e;
	if (!due(sync, &now)) {
		sync->side.caught_up = true;
		sync->side.rest_until_ms = sync_now_ms() + LOOK_AGAIN_MS;
		return ERR_OK;
	}
	snprintf(path, sizeof path, "/v1/kiosks/%s/health", sync->kiosk);
	e = transfer_new(sync->http, "PUT", path, sync->token, &t);
	if (e)
		return e;
	e = transfer_json(t, health_json(&now), false);
	if (e) {
		transfer_free(t);
		return e;
	}
	transfer_timeout(t, 30);
	sync->telling = now;
	return lane_send(&sync->side, LANE_HEALTH, t);
}

enum err tell_done(struct sync *sync, struct transfer *t)
{
	struct lane *lane = &sync->side;
	char problem[256];
	enum outcome outcome = transfer_outcome(t, problem);
	int64_t now = sync_now_ms();
	lane->failed = outcome != OUTCOME_OK;
	if (!lane->failed) {
		lane->problem[0] = '\0';
		sync->told = true;
		sync->told_ms = now;
		sync->last_told = sync->telling;
		backoff_reset(&lane->backoff);
		lane->rest_until_ms = 0; /* something may have changed meanwhile */
		return ERR_OK;
	}
	/* A township that is older does not know what this is: a newer one has to be reached anew, see tell_again. Why it cannot be
	 * reached is the other lanes' to say. */
	long status = transfer_status(t);
	bool unheard = outcome == OUTCOME_REFUSED && (status == 404 || status == 405);
	bool slow = outcome == OUTCOME_REFUSED || outcome == OUTCOME_UNKNOWN_US;
	if (unheard)
		snprintf(problem, sizeof problem, "the township is older than this program");
	if (outcome == OUTCOME_REFUSED && strcmp(lane->problem, problem) != 0)
		fprintf(stderr, "kiosk-sync: the box's state is not taken: %s\n", problem);
	snprintf(lane->problem, sizeof lane->problem, "%s", problem);
	lane->rest_until_ms = now + (unheard ? UNHEARD_REST_MS
	                             : slow  ? SLOW_RETRY_MS
	                                     : backoff_fail(&lane->backoff, randombytes_random()));
	return ERR_OK;
}

void tell_again(struct sync *sync, bool anew)
{
	struct lane *lane = &sync->side;
	if (lane->transfer || (lane->failed && !anew))
		return;
	lane->failed = false;
	lane->rest_until_ms = 0;
}
