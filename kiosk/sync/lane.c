/* The lanes: what starts when, and what a failure costs. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sync/sync.h"

static int64_t clock_ms(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t sync_now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int64_t sync_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

enum err lane_send(struct lane *lane, enum lane_state state, struct transfer *t)
{
	enum err e = transfer_start(t);
	if (e) {
		transfer_free(t);
		return e;
	}
	lane->state = state;
	lane->transfer = t;
	lane->caught_up = false;
	return ERR_OK;
}

/* The status holds one sentence: the way up comes first, it carries the voters' words. */
enum err lane_report(struct sync *sync, int64_t server_ms)
{
	const char *problem = sync->up.problem[0]     ? sync->up.problem
	                      : sync->blob_problem[0] ? sync->blob_problem
	                                              : sync->down.problem;
	return sync_contact(sync->store, sync_wall_ms(), server_ms, problem[0] ? problem : NULL);
}

enum err lane_well(struct sync *sync, struct lane *lane, int64_t server_ms)
{
	lane->problem[0] = '\0';
	lane->failed = false;
	lane->rest_until_ms = 0;
	backoff_reset(&lane->backoff);
	sync->revoked = false;
	return lane_report(sync, server_ms);
}

enum err lane_ill(struct sync *sync, struct lane *lane, const char *problem, bool slow)
{
	int64_t wait = slow ? SLOW_RETRY_MS : backoff_fail(&lane->backoff, randombytes_random());
	lane->failed = true;
	lane->rest_until_ms = sync_now_ms() + wait;
	if (strcmp(lane->problem, problem) != 0)
		fprintf(stderr, "kiosk-sync: %s\n", problem);
	snprintf(lane->problem, sizeof lane->problem, "%s", problem);
	return lane_report(sync, 0);
}

enum err lane_outcome(struct sync *sync, struct lane *lane, enum outcome outcome, const char *problem)
{
	if (outcome == OUTCOME_UNKNOWN_US) {
		sync->revoked = true;
		return lane_ill(
			sync, lane,
			"the township does not know this kiosk any more (revoked): ask the office to enrol it again",
			true);
	}
	return lane_ill(sync, lane, problem, outcome == OUTCOME_REFUSED);
}

enum err sync_begin(struct sync *sync)
{
	struct store_identity identity;
	enum err e = store_identity(sync->store, &identity);
	if (e)
		return e;
	memcpy(sync->kiosk, identity.kiosk, sizeof sync->kiosk);
	e = enrol_token(sync->store, sync->token);
	if (e && e != ERR_NOT_FOUND)
		return e;
	/* A kiosk whose token file was lost asks again; the township knows it by its key. */
	sync->enrolled = !e && identity.enrolled;
	return ERR_OK;
}

static bool may_start(const struct lane *lane, int64_t now)
{
	return !lane->transfer && lane->rest_until_ms <= now;
}

bool sync_settled(const struct sync *sync)
{
	return !sync->up.transfer && (sync->up.caught_up || sync->up.failed);
}

/* Nothing is told into the void; and of once, the end of it. */
static bool side_ready(const struct sync *sync)
{
	return sync->enrolled && sync->reached && (!sync->once || sync_settled(sync));
}

enum err sync_go_on(struct sync *sync)
{
	int64_t now = sync_now_ms();
	enum err e = ERR_OK;
	if (sync->once && sync_finished(sync))
		return ERR_OK;
	if (may_start(&sync->up, now)) {
		bool started = true;
		e = sync->enrolled ? push_start(sync, &started) : enrol_start(sync);
		if (!e && !started) {
			sync->up.caught_up = true;
			sync->up.rest_until_ms = now + LOOK_AGAIN_MS;
		}
	}
	if (!e && sync->enrolled && may_start(&sync->down, now) &&
	    !(sync->once && sync->down.caught_up && !sync->look_down_again))
		e = pull_start(sync);
	if (!e && side_ready(sync) && may_start(&sync->side, now))
		e = tell_start(sync);
	return e;
}

enum err sync_done(struct sync *sync, struct transfer *t)
{
	struct lane *lane = sync->up.transfer == t ? &sync->up : sync->down.transfer == t ? &sync->down : &sync->side;
	bool reached = sync->reached;
	enum lane_state state = lane->state;
	lane->transfer = NULL;
	lane->state = LANE_IDLE;
	enum err e;
	switch (state) {
	case LANE_ENROL_ASK:
	case LANE_ENROL_POLL:
		lane->state = state;
		e = enrol_done(sync, t);
		lane->state = LANE_IDLE;
		break;
	case LANE_CHANGES:
		e = pull_done(sync, t);
		sync->reached = !sync->down.failed;
		if (sync->reached && !reached)
			tell_again(sync, true);
		break;
	case LANE_HEALTH: e = tell_done(sync, t); break;
	default:
		lane->state = state;
		e = push_done(sync, t);
		if (!lane->transfer)
			lane->state = LANE_IDLE;
		tell_again(sync, false);
		break;
	}
	transfer_free(t);
	return e;
}

void sync_wake(struct sync *sync)
{
	if (!sync->up.problem[0] && !sync->up.transfer)
		sync->up.rest_until_ms = 0;
	tell_again(sync, false);
}

int64_t sync_rest(const struct sync *sync)
{
	const struct lane *lanes[] = {&sync->up, &sync->down, &sync->side};
	const bool ready[] = {true, sync->enrolled, side_ready(sync)};
	int64_t now = sync_now_ms(), rest = 60000;
	for (int i = 0; i < 3; i++) {
		if (lanes[i]->transfer || !ready[i])
			continue;
		int64_t left = lanes[i]->rest_until_ms - now;
		if (left < rest)
			rest = left < 0 ? 0 : left;
	}
	return rest;
}

bool sync_finished(const struct sync *sync)
{
	const struct lane *up = &sync->up, *down = &sync->down, *side = &sync->side;
	if (up->transfer || down->transfer || side->transfer)
		return false;
	if (!sync->enrolled)
		return up->failed || up->caught_up;
	return (up->caught_up || up->failed) && (down->failed || (down->caught_up && !sync->look_down_again)) &&
	       (!sync->reached || side->caught_up || side->failed);
}

void sync_end(struct sync *sync)
{
	transfer_free(sync->up.transfer);
	transfer_free(sync->down.transfer);
	transfer_free(sync->side.transfer);
	sync->up.transfer = sync->down.transfer = sync->side.transfer = NULL;
	sodium_memzero(sync->token, sizeof sync->token);
}
