/* sync.h: carrying the outbox to the township and bringing its changes back. Three lanes run side by side in
 * one loop; the third tells how the box is (tell.c), the others are:
 *
 *   up:    ASK ──202──► POLL ──200──► (enrolled)         down (once enrolled):
 *           ▲            │ 403 404        │                  CHANGES ──► apply ──► CHANGES …   (long poll)
 *           └────────────┘                ▼
 *          HEAD ──► PUT ──► … no blob waits ──► EVENTS ──► … nothing waits ──► rest until woken
 *
 * A lane has at most one request on its way. A failure puts the lane to rest by its backoff; nothing is lost
 * by it, since what is true stands in the store. */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "model/settings.h"
#include "net/http.h"
#include "store/health.h"
#include "store/store_sync.h"
#include "sync/backoff.h"

enum {
	SLOW_RETRY_MS = 5 * 60 * 1000,
	LOOK_AGAIN_MS = 30 * 1000,
	ENROL_POLL_MS = 2000,
	CHANGES_WAIT_S = 50,
	GAPS_MAX = 8,
	LOST_MAX = 10000,
	BATCH_EVENTS = 500,
	BATCH_BYTES = 1024 * 1024
};

enum lane_state {
	LANE_IDLE,
	LANE_ENROL_ASK,
	LANE_ENROL_POLL,
	LANE_BLOB_HEAD,
	LANE_BLOB_PUT,
	LANE_EVENTS,
	LANE_CHANGES,
	LANE_HEALTH
};

struct lane {
	enum lane_state state;     /* of the request on its way; LANE_IDLE: none */
	struct transfer *transfer; /* owned */
	int64_t rest_until_ms;     /* monotonic */
	struct backoff backoff;
	char problem[256]; /* "" when its last request went well */
	bool failed;       /* its last request did: it rests */
	bool caught_up;    /* nothing more to do at the last look */
};

struct sync {
	const char *dir;
	const struct settings *settings;
	struct store *store; /* borrowed */
	struct http *http;   /* borrowed */
	bool once;           /* do what can be done now, then end */
	bool enrolled;
	bool revoked;    /* the last answer was 401 */
	char token[128]; /* secret */
	char kiosk[KIOSK_ID_SIZE];
	char code[9];                /* the one being asked with */
	struct blob_row blob;        /* the one on its way */
	char blob_problem[256];      /* why a blob cannot be sent; "" when none is stuck */
	int64_t blob_stuck_until_ms; /* a blob that cannot be sent must not hold up the events */
	int64_t last_sent_seq;       /* of the batch on its way */
	int64_t first_sent_seq;
	int64_t expected_seq; /* the number the township asked for; 0 when it did not */
	int gaps_in_row;
	bool look_down_again; /* with `once`: events went up since the last look at the changes */
	bool reached;         /* the last look at the changes went well */
	bool told;            /* the township has been told how the box is since this program began, */
	int64_t told_ms;      /* then (monotonic), */
	struct health last_told, telling; /* so; and what is on its way */
	struct lane up, down, side;
};

/* Reads who we are and begins with both lanes at rest. */
MUST_USE enum err sync_begin(struct sync *sync);
/* Starts whatever may start now. */
MUST_USE enum err sync_go_on(struct sync *sync);
/* A request of one of the lanes is done; `t` is taken over. */
MUST_USE enum err sync_done(struct sync *sync, struct transfer *t);
/* Somebody wrote something: look now, unless the township is out of reach. */
void sync_wake(struct sync *sync);
/* Milliseconds until something may start; 0: now. */
int64_t sync_rest(const struct sync *sync);
/* Breaks off what is on its way, and wipes the token. */
void sync_end(struct sync *sync);
/* All that can be sent for now has been. */
bool sync_settled(const struct sync *sync);
/* With `once`: whether all that can be done now is done. */
bool sync_finished(const struct sync *sync);

/* Monotonic milliseconds; and the wall clock. */
int64_t sync_now_ms(void);
int64_t sync_wall_ms(void);

/* The parts, each begins or ends one kind of request: enrol.c, push.c, pull.c, tell.c. *started is false when there
 * was nothing to do. */
MUST_USE enum err enrol_start(struct sync *sync);
MUST_USE enum err enrol_done(struct sync *sync, struct transfer *t);
MUST_USE enum err push_start(struct sync *sync, bool *started);
MUST_USE enum err push_done(struct sync *sync, struct transfer *t);
MUST_USE enum err pull_start(struct sync *sync);
MUST_USE enum err pull_done(struct sync *sync, struct transfer *t);
MUST_USE enum err tell_start(struct sync *sync);
MUST_USE enum err tell_done(struct sync *sync, struct transfer *t);
/* Something may have changed; `anew`: the township is there again, and may be another. */
void tell_again(struct sync *sync, bool anew);

/* Puts the transfer on its way in the lane; on failure it is freed. */
MUST_USE enum err lane_send(struct lane *lane, enum lane_state state, struct transfer *t);
/* The request went well: the lane is free at once. `server_ms` 0 when unknown. */
MUST_USE enum err lane_well(struct sync *sync, struct lane *lane, int64_t server_ms);
/* It did not: the lane rests, by its backoff or (slow) for five minutes, and the status says why. */
MUST_USE enum err lane_ill(struct sync *sync, struct lane *lane, const char *problem, bool slow);
/* Tells the store how things stand. */
MUST_USE enum err lane_report(struct sync *sync, int64_t server_ms);
/* The usual answer to an outcome other than OK. */
MUST_USE enum err lane_outcome(struct sync *sync, struct lane *lane, enum outcome outcome,
                               const char *problem);

#endif
