/* http.h: one request and its reply, apart from libmicrohttpd: handlers see these alone. */
#ifndef TOWNSHIP_HTTP_H
#define TOWNSHIP_HTTP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "township/fields.h"
#include "township/session.h"
#include "township/store_kiosks.h"
#include "township/town.h"

enum {
	HTTP_ARGS = 2,
	HTTP_ARG_SIZE = 289, /* a phone's code is the longest */
	HTTP_HEADERS = 10,
	JSON_BODY_MAX = 384 * 1024, /* a portrait of 256 KiB in base64 */
	FORM_BODY_MAX = 2 * 1024,
	FIELDS_BODY_MAX = 512 * 1024,          /* a page's form, typed */
	UPLOAD_BODY_MAX = 24 * 1024 * 1024,    /* a page's form with files */
	BATCH_BODY_MAX = 2 * 1024 * 1024,     /* as sent */
	BATCH_INFLATED_MAX = 8 * 1024 * 1024, /* a gzip bomb stops here */
	BLOB_MAX = 32 * 1024 * 1024,
};

struct http_server; /* opaque */
struct http_call;   /* the connection's own state; opaque */

struct request {
	struct http_server *server;
	struct http_call *call;
	struct town *town;
	const char *method;
	char args[HTTP_ARGS][HTTP_ARG_SIZE]; /* what stood in the path's places */
	json_t *json;                        /* the body, owned by the call; NULL when the route takes none */
	const char *form;                    /* the body of a form as it came, borrowed, not NUL-terminated */
	size_t form_len;
	const struct fields *fields;         /* the body of a page's form, owned by the call; NULL when the route takes none */
	const char *path;                    /* "/cases", borrowed */
	struct town_kiosk kiosk;             /* of the bearer, on routes for kiosks */
	struct town_user user;               /* of the session, on routes for the office; id 0: nobody signed in */
	char token[SESSION_TOKEN_SIZE];      /* of the page's session, from its cookie; "" for none */
	char csrf[33];                       /* what this user's forms carry */
	bool secure;                         /* the browser speaks TLS, to us or to the proxy before us */
	char peer[64];                       /* the client's address, for throttling */
	bool waited;                         /* this is another look, after a wait */
};

struct reply {
	unsigned status;
	json_t *json;           /* owned by the reply; NULL: no body (or the file) */
	int fd;                 /* a file to send, owned; -1: none */
	int64_t offset, length; /* its part */
	char *bytes;            /* secret bytes to send, owned; wiped after */
	size_t bytes_len;
	struct {
		char name[32], value[320];
	} headers[HTTP_HEADERS];
	size_t header_count;
	int wait_s;   /* > 0: nothing new yet; look again when something changes, or then */
	bool changed; /* the stream of changes has grown: waiters are to look */
};

/* `?name=` of the query, or NULL; a header, or NULL. */
const char *request_query(const struct request *rq, const char *name);
const char *request_header(const struct request *rq, const char *name);
/* A whole number in the query within bounds; `otherwise` when absent, false when it is not such a number. */
bool request_number(const struct request *rq, const char *name, int64_t low, int64_t high, int64_t otherwise,
                    int64_t *n);

/* The member's text, NULL when there is none or it is not a text. */
const char *request_text(const struct request *rq, const char *member);

void reply_json(struct reply *rp, unsigned status, json_t *json);
void reply_header(struct reply *rp, const char *name, const char *value);
/* {"error":{"code","message","remedy"}} ; message and remedy in Chinese for whoever sees it. */
void reply_error(struct reply *rp, unsigned status, const char *code, const char *message,
                 const char *remedy);
/* The status that fits an error of the store, with its words. */
void reply_err(struct reply *rp, enum err e);

enum auth {
	AUTH_NONE,
	AUTH_KIOSK,
	AUTH_OFFICE,
	AUTH_CLERK, /* may change things */
	AUTH_HEAD,  /* may enrol kiosks */
	/* Pages: known by a cookie; who is not signed in is led to do so. */
	AUTH_PAGE_ANY, /* anybody; the user is filled in where there is one */
	AUTH_PAGE_SELF, /* whoever is signed in, also who must first do something about their own account */
	AUTH_PAGE_DEPUTY,
	AUTH_PAGE_OFFICE, /* readonly, clerk, head */
	AUTH_PAGE_CLERK,
	AUTH_PAGE_HEAD
};
/* BODY_FIELDS and BODY_UPLOAD are pages' forms: they are taken only with the user's own mark in them (web_form). */
enum body { BODY_NONE, BODY_JSON, BODY_BATCH, BODY_STREAM, BODY_FORM, BODY_FIELDS, BODY_UPLOAD };

struct stream; /* a body that goes to a file as it comes; see blobs.h */

struct route {
	const char *method, *path; /* "/v1/kiosks/{}/events" */
	enum auth auth;
	enum body body;
	bool own_lock;                                        /* the handler takes the town's lock by itself */
	void (*handle)(struct request *rq, struct reply *rp); /* NULL where the body goes to a stream */
};

/* Each ends with an entry whose method is NULL. */
extern const struct route routes[], web_routes[];

struct server_options {
	const char *host;               /* numeric */
	uint16_t port;                  /* 0: any */
	const char *tls_cert, *tls_key; /* PEM texts, NULL: plain */
	const char *proxy;              /* its address, as inet_ntop writes it: it may say for whom it asks; NULL: nobody may */
	/* Turns an error that a page's address gave (the reply's JSON) into a page. */
	void (*error_page)(struct request *rq, struct reply *rp);
};
/* Starts serving on threads of its own. ERR_BUSY: the address is taken; ERR_INVALID: certificate or key. */
MUST_USE enum err http_start(struct town *town, const struct server_options *options,
                             struct http_server **server);
uint16_t http_port(const struct http_server *server);
void http_stop(struct http_server *server);
/* Lets every waiting request look again. */
void http_wake(struct http_server *server);

#endif
