/* session.h: who is signed in to the office's side. A token is kept as its digest alone. */
#ifndef TOWNSHIP_SESSION_H
#define TOWNSHIP_SESSION_H

#include "township/store_users.h"
#include "township/town.h"

enum { SESSION_HOURS = 12, SESSION_TOKEN_SIZE = 65 };

/* Opens a session of `user` from the address `peer`, with its audit link. `client` is what the browser calls itself, NULL for a
 * terminal's: only a page's session ends when nobody uses it. `token` is for the client alone: wipe it when it is sent. Takes the
 * town's lock itself. */
MUST_USE enum err session_open(struct town *town, const struct town_user *user, const char *peer, const char *client,
                               char token[SESSION_TOKEN_SIZE], int64_t *expires_ms);
/* Whose token it is; `used`: somebody asked for a page, so that it does not end for want of use. ERR_NOT_FOUND: nobody's, or not
 * any more. Under the town's lock. */
MUST_USE enum err session_user(struct town *town, const char *token, bool used, struct town_user *user);
/* Ends the session of that token; ERR_OK also when there is none. Takes the town's lock itself. */
MUST_USE enum err session_close(struct town *town, const char *token, const char *user);

/* The user's sessions, as town_sessions_json has them, with the one of `token` known. Under the town's lock. */
MUST_USE enum err session_list(struct town *town, int64_t user_id, const char *token, json_t **list);
/* Ends one of the user's sessions by its number in the list, or all but the one of `token` (number 0), with the audit link. Takes
 * the town's lock itself. ERR_NOT_FOUND */
MUST_USE enum err session_end(struct town *town, const struct town_user *user, int64_t number, const char *token);

#endif
