/* password.h: passwords of the office's users, as Argon2id digests, and the pause after wrong ones. */
#ifndef TOWNSHIP_PASSWORD_H
#define TOWNSHIP_PASSWORD_H

#include "township/store_users.h"
#include "township/town.h"

enum { PASSWORD_MIN_CHARS = 8, PASSWORD_MAX_BYTES = 256 };

/* What is wrong with a password that somebody chooses for the account `name`: in Chinese, what would do included. NULL: nothing. */
const char *password_flaw(const char *name, const char *password);

/* `out` as struct town_user keeps it. ERR_INVALID: too short; ERR_TOO_LONG. Slow by intent. */
MUST_USE enum err password_hash(const char *password, char out[160]);

enum { PASSWORD_ONCE_SIZE = 13 }; /* "k7mw-3xqp-9d" */
/* A password for signing in once, in characters that nobody mistakes for others. */
void password_once(char out[PASSWORD_ONCE_SIZE]);

/* Checks name and password; takes the town's lock itself. ERR_DENIED: wrong; ERR_BUSY: too many wrong ones,
 * *wait_ms to go. */
MUST_USE enum err password_check(struct town *town, const char *name, const char *password, const char *peer,
                                 struct town_user *user, int64_t *wait_ms);

/* Adds a user (or gives the one of that name a new role and password, and ends their sessions), with its audit link. `deputy` is whose account it is,
 * for the role "deputy", else NULL. */
MUST_USE enum err password_user_add(struct town *town, const char *name, const char *role, const char *deputy,
                                    const char *password);

/* The user's own new password: the old one is asked for (throttled as signing in is), all their sessions but the one of `token`
 * end. ERR_INVALID: the new one will not do, *flaw says why; ERR_DENIED, ERR_BUSY as password_check. Takes the town's lock. */
MUST_USE enum err password_change(struct town *town, const struct town_user *user, const char *old, const char *fresh,
                                  const char *peer, const char *token, const char **flaw, int64_t *wait_ms);

#endif
