/* password.h: passwords of the office's users, as Argon2id digests, and the pause after wrong ones. */
#ifndef TOWNSHIP_PASSWORD_H
#define TOWNSHIP_PASSWORD_H

#include "township/town.h"

enum { PASSWORD_MIN_CHARS = 8, PASSWORD_MAX_BYTES = 256 };

/* `out` as struct town_user keeps it. ERR_INVALID: too short; ERR_TOO_LONG. Slow by intent. */
MUST_USE enum err password_hash(const char *password, char out[160]);

/* Checks name and password; takes the town's lock itself. ERR_DENIED: wrong; ERR_BUSY: too many wrong ones,
 * *wait_ms to go. */
MUST_USE enum err password_check(struct town *town, const char *name, const char *password, const char *peer,
                                 struct town_user *user, int64_t *wait_ms);

/* Adds a user (or gives the one of that name a new role and password), with its audit link. `deputy` is whose account it is,
 * for the role "deputy", else NULL. */
MUST_USE enum err password_user_add(struct town *town, const char *name, const char *role, const char *deputy,
                                    const char *password);

#endif
