/* office_http.h: the office client's requests: JSON out, JSON in. */
#ifndef TOWNSHIP_OFFICE_HTTP_H
#define TOWNSHIP_OFFICE_HTTP_H

#include <jansson.h>

#include "model/err.h"

struct office_http; /* opaque */

MUST_USE enum err office_http_open(const char *url, const char *ca_file, struct office_http **http);
void office_http_close(struct office_http *http);

/* One request; `body` is borrowed, NULL for none. ERR_OK whatever the status, with *reply (NULL when it was
 * no JSON). ERR_OFFLINE: no answer; `office_http_problem` says why. */
MUST_USE enum err office_http_call(struct office_http *http, const char *method, const char *path,
                                   json_t *body, long *status, json_t **reply);
const char *office_http_problem(const struct office_http *http);
/* Signs in; later calls carry the session. `code`: of the second factor, NULL for none. ERR_DENIED with *reply telling why. */
MUST_USE enum err office_http_login(struct office_http *http, const char *user, const char *password, const char *code,
                                    json_t **reply);
/* Escapes a path segment or query value; free with curl_free. */
char *office_http_escape(struct office_http *http, const char *text);

#endif
