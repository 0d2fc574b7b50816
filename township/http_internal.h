/* http_internal.h: shared by http.c, http_reply.c and http_wait.c alone. */
#ifndef TOWNSHIP_HTTP_INTERNAL_H
#define TOWNSHIP_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "township/blobs.h"
#include "township/http.h"

struct http_call {
	struct MHD_Connection *connection;
	struct request rq;
	struct reply rp;
	const struct route *route;
	uint8_t *body; /* owned */
	size_t body_len, body_room;
	bool gzip;
	struct stream *stream; /* owned */
	/* waiting */
	bool waiting;
	int64_t deadline_ms; /* monotonic */
	struct http_call *prev, *next;
};

struct http_server {
	struct town *town;
	struct MHD_Daemon *daemon;
	pthread_t timer;
	bool timer_runs;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	struct http_call *waiters; /* borrowed; suspended connections */
	bool stopping;
	atomic_int calls; /* requests between their first line and the end of their reply */
};

/* Suspends the connection until a wake or its deadline, which counts from the first time; false when that is
 * past, or the server is stopping. */
bool wait_add(struct http_call *call, int seconds);
MUST_USE enum err wait_start(struct http_server *server);
/* Lets all go and ends the timer's thread. */
void wait_stop(struct http_server *server);

/* Queues what the reply says, and releases it. */
enum MHD_Result reply_send(struct http_call *call);

#endif
