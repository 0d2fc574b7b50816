/* Downwards: the township's changes, page by page, each applied with its cursor. */
#include <inttypes.h>
#include <stdio.h>

#include "store/wake.h"
#include "sync/sync.h"

enum err pull_start(struct sync *sync)
{
	int64_t cursor;
	char path[160];
	struct transfer *t;
	/* After a failure the first look does not wait: the status is to be right again at once. */
	int wait = sync->once || sync->down.problem[0] || !sync->down.caught_up ? 0 : CHANGES_WAIT_S;
	enum err e = changes_cursor(sync->store, &cursor);
	if (e)
		return e;
	sync->look_down_again = false;
	snprintf(path, sizeof path, "/v1/kiosks/%s/changes?after=%" PRId64 "&wait=%d", sync->kiosk, cursor, wait);
	e = transfer_new(sync->http, "GET", path, sync->token, &t);
	if (e)
		return e;
	transfer_timeout(t, wait + 30);
	return lane_send(&sync->down, LANE_CHANGES, t);
}

/* The township says up to where it has our events. One that was restored from a backup lacks some that it acknowledged: they go
 * out again now, and not only behind the next one. */
static enum err look_back(struct sync *sync, const json_t *acked)
{
	bool lacks = false;
	if (!json_is_integer(acked) || sync->up.transfer)
		return ERR_OK;
	enum err e = outbox_lacks(sync->store, json_integer_value(acked), &lacks);
	if (e || !lacks)
		return e;
	fprintf(stderr, "kiosk-sync: the township has events only up to %" PRId64 ": sending the later ones again\n",
	        (int64_t)json_integer_value(acked));
	e = outbox_requeue(sync->store, json_integer_value(acked) + 1);
	sync->up.caught_up = false;
	sync->up.rest_until_ms = 0;
	return e;
}

enum err pull_done(struct sync *sync, struct transfer *t)
{
	char problem[256];
	enum outcome outcome = transfer_outcome(t, problem);
	json_t *reply = transfer_reply(t), *changes = json_object_get(reply, "changes"),
		   *next = json_object_get(reply, "next");
	if (outcome != OUTCOME_OK)
		return lane_outcome(sync, &sync->down, outcome, problem);
	if (!json_is_array(changes) || !json_is_integer(next))
		return lane_ill(sync, &sync->down, "offline: the changes are not what they should be", false);
	if (json_array_size(changes) > 0) {
		enum err e = changes_apply(sync->store, changes, json_integer_value(next));
		if (e)
			return e;
		wake_send(sync->dir, WAKE_KIOSK);
	}
	enum err e = look_back(sync, json_object_get(reply, "acked"));
	if (!e)
		e = lane_well(sync, &sync->down, json_integer_value(json_object_get(reply, "now")));
	sync->down.caught_up = !json_is_true(json_object_get(reply, "more"));
	return e;
}
