/* http.h: requests to the township over curl's multi interface: one loop, nothing blocks. For kiosk-sync and kioskctl; the screen's
 * program has no network. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct http;     /* opaque: the township's address and the connections to it */
struct transfer; /* opaque: one request and its reply */

/* `ca_file` "" for the system's. ERR_DENIED: http:// to another machine, or a URL with a user in it. */
MUST_USE enum err http_open(const char *url, const char *ca_file, struct http **http);
void http_close(struct http *http);

/* A request for `path`; `token` NULL or "" for none. ERR_NOMEM. */
MUST_USE enum err transfer_new(struct http *http, const char *method, const char *path, const char *token,
                               struct transfer **t);
/* The body, JSON; taken over (freed even on failure). `gzip` packs it. */
MUST_USE enum err transfer_json(struct transfer *t, json_t *body, bool gzip);
/* The body: the file's bytes from `offset` to `size`, with its Content-Range. */
MUST_USE enum err transfer_file(struct transfer *t, const char *path, int64_t offset, int64_t size);
/* Gives up after so many seconds without an answer (for long polls: the wait and some). */
void transfer_timeout(struct transfer *t, long seconds);
/* Sets it going. Before that, and after it is done, transfer_free ends it; freeing a running one breaks it
 * off. */
MUST_USE enum err transfer_start(struct transfer *t);
void transfer_free(struct transfer *t);

/* Waits for traffic, for one of the two descriptors, or for the time, whichever is first. */
void http_wait(struct http *http, int fd_a, int fd_b, int64_t timeout_ms);
/* One transfer that is done, or NULL. */
struct transfer *http_done(struct http *http);

/* What became of it. */
enum outcome {
	OUTCOME_OK,         /* 2xx with the JSON that it should have (or none asked for) */
	OUTCOME_OFFLINE,    /* no answer, or somebody else's: a captive portal, a wrong certificate */
	OUTCOME_LATER,      /* the server is there and asks for patience: 429, 5xx */
	OUTCOME_UNKNOWN_US, /* 401 */
	OUTCOME_REFUSED,    /* any other 4xx, said in the server's own JSON */
};
/* `problem` gets a sentence for the operator, "" when OK. */
enum outcome transfer_outcome(const struct transfer *t, char problem[256]);
long transfer_status(const struct transfer *t);
/* The reply; borrowed, NULL when there is none. */
json_t *transfer_reply(const struct transfer *t);
/* Upload-Offset and Upload-Complete of the reply: -1 when there is none. */
int64_t transfer_offset(const struct transfer *t, bool *complete);

#endif
