/* office_link.h: asking the township's server for something as a user of the office: sign in, ask, end. Each call waits for its
 * answer. */
#ifndef CTL_OFFICE_LINK_H
#define CTL_OFFICE_LINK_H

#include <jansson.h>

#include "model/err.h"

struct office_link; /* opaque: the address, and the session once signed in */

enum office_answer {
	OFFICE_OK,
	OFFICE_OFFLINE,        /* no answer, or not the township's */
	OFFICE_LATER,          /* it asks for patience */
	OFFICE_WRONG_PASSWORD, /* or no such user */
	OFFICE_CODE_NEEDED,    /* the password is right; the code of the second factor is missing */
	OFFICE_WRONG_CODE,     /* or one that was used */
	OFFICE_NOT_ALLOWED,    /* a user, but not for this */
	OFFICE_NO_SUCH,        /* what was asked about is unknown there */
	OFFICE_REFUSED,        /* for another reason */
	OFFICE_FAULT,          /* nothing was asked: out of memory */
};

/* `ca_file` "" for the system's. ERR_DENIED: http:// to another machine, or a user in the address; ERR_INVALID: no address. */
MUST_USE enum err office_open(const char *url, const char *ca_file, struct office_link **link);
void office_close(struct office_link *link);

/* `password` and `code` (of the second factor, NULL for none) are borrowed. */
MUST_USE enum office_answer office_sign_in(struct office_link *link, const char *user, const char *password, const char *code);
/* POST to `path`; `body` is taken over (freed even on failure). On OFFICE_OK *reply is the caller's to json_decref. */
MUST_USE enum office_answer office_post(struct office_link *link, const char *path, json_t *body, json_t **reply);

/* What the last call ran into, in English, with the server's own code; "" when it went well. */
const char *office_problem(const struct office_link *link);

#endif
