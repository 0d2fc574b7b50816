/* http_internal.h: shared by the http*.c files alone. */
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
	struct fields *fields; /* owned */
	struct stream *stream; /* owned */
	/* waiting */
	bool waiting;
	int64_t deadline_ms; /* monotonic */
	struct http_call *prev, *next;
};

enum { HTTP_CONNECTIONS = 10000 };

/* The connections, by how long they have been silent (http_watch.c). */
struct http_watch {
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t tick;
	struct http_line *first, *last; /* owned */
	size_t count;
	bool stopping;
};

struct http_server {
	struct town *town;
	void (*error_page)(struct request *rq, struct reply *rp);
	bool secure;    /* we speak TLS ourselves */
	char proxy[64]; /* whose X-Forwarded-* are believed; "": nobody's */
	struct MHD_Daemon *daemon;
	pthread_t timer;
	bool timer_runs;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	struct http_call *waiters; /* borrowed; suspended connections */
	bool stopping;
	atomic_int calls; /* requests between their first line and the end of their reply */
	atomic_llong log_minute; /* libmicrohttpd's complaints: in which minute, and how many in it */
	atomic_int log_lines;
	atomic_size_t bodies; /* bytes of memory that bodies take just now */
	struct http_watch watch;
};

int64_t http_monotonic_ms(void);

/* Suspends the connection until a wake or its deadline, which counts from the first time; false when that is
 * past, or the server is stopping. */
bool wait_add(struct http_call *call, int seconds);
MUST_USE enum err wait_start(struct http_server *server);
/* Lets all go and ends the timer's thread. */
void wait_stop(struct http_server *server);

/* Fills in who asks, and whether by TLS: the proxy that we trust says it for others. */
void peer_known(struct http_call *call);

/* ---- http_watch.c: how far each connection is, for slow ones to be cut ---- */

MUST_USE enum err watch_start(struct http_server *server);
/* Once all connections have ended. */
void watch_stop(struct http_server *server);
/* For MHD_OPTION_NOTIFY_CONNECTION, with the server. */
void watch_line(void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code);
void watch_body(struct http_call *call, uint64_t bytes);  /* so many are to come */
void watch_work(struct http_call *call);                  /* the request is there; it may wait */
void watch_reply(struct http_call *call, uint64_t bytes); /* so many are to be taken */
void watch_idle(struct http_call *call);                  /* answered; the next request may come */

/* Whether whoever asks may use the call's route; else the reply says why not. Fills in the kiosk or the user. */
bool auth_allows(struct http_call *call);
/* Fills in the user whom the cookie names, where there is one: for the page that says that there is no such page. */
void auth_know(struct http_call *call);
/* Whether the page's form is one that we made for this session; else the reply says what to do. */
bool auth_form_ours(struct http_call *call);

/* ---- http_body.c; where it is false, the reply says why ---- */

/* What the headers say of the body, before any of it is read. */
bool body_acceptable(struct http_call *call);
/* More of it. ERR_TOO_LONG; ERR_NOMEM: all bodies together take too much just now. */
MUST_USE enum err body_append(struct http_call *call, const char *bytes, size_t len);
/* It is there whole: becomes the request's JSON, form or fields. */
bool body_parse(struct http_call *call);
/* What was sent may be a voter's or the office's words: nothing of it stays. */
void body_forget(struct http_call *call);

/* Queues what the reply says, and releases it. */
enum MHD_Result reply_send(struct http_call *call);

#endif
