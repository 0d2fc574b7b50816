/* session.h: who is signed in to the office's side. A token is kept as its digest alone. */
#ifndef TOWNSHIP_SESSION_H
#define TOWNSHIP_SESSION_H

#include "township/town.h"

enum { SESSION_HOURS = 12, SESSION_TOKEN_SIZE = 65 };

/* Opens a session of `user` from the address `peer`, with its audit link. `token` is for the client alone: wipe it when
 * it is sent. Takes the town's lock itself. */
MUST_USE enum err session_open(struct town *town, const struct town_user *user, const char *peer,
                               char token[SESSION_TOKEN_SIZE], int64_t *expires_ms);
/* Whose token it is. ERR_NOT_FOUND: nobody's, or not any more. Under the town's lock. */
MUST_USE enum err session_user(struct town *town, const char *token, struct town_user *user);
/* Ends the session of that token; ERR_OK also when there is none. Takes the town's lock itself. */
MUST_USE enum err session_close(struct town *town, const char *token, const char *user);

#endif
