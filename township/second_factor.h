/* second_factor.h: the code that signing in takes besides the password: of a phone's app, or one of eight kept on paper.
 *
 *   none --begin--> set up, not asked for yet --confirm (a first code)--> on --off--> none
 *
 * The app's key is kept sealed to the township's key, recovery codes as keyed digests. */
#ifndef TOWNSHIP_SECOND_FACTOR_H
#define TOWNSHIP_SECOND_FACTOR_H

#include "township/store_users.h"
#include "township/totp.h"
#include "township/town.h"

enum { RECOVERY_CODES = 8, RECOVERY_CODE_SIZE = 12, SECOND_FACTOR_INPUT_MAX = 40 };

/* Whether this user must have one, by the township's policy, and has none. */
bool second_factor_due(const struct town *town, const struct town_user *user);

/* The key that is being set up; a new one where there is none yet. ERR_EXISTS: the user has a second factor already.
 * `key` is secret. Takes the town's lock itself, as all that follow. */
MUST_USE enum err second_factor_begin(struct town *town, const struct town_user *user, uint8_t key[TOTP_KEY_BYTES]);
/* Switches it on by a first code, with its audit link, and gives the recovery codes: to be shown once, then wiped.
 * ERR_DENIED: wrong code; ERR_BUSY: too many wrong ones, *wait_ms to go; ERR_NOT_FOUND: nothing is being set up. */
MUST_USE enum err second_factor_confirm(struct town *town, const struct town_user *user, const char *code,
                                        char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE], int64_t *wait_ms);
/* Uses up a code of the app, or a recovery code (however it is dashed and cased), with its audit link. ERR_DENIED, ERR_BUSY as
 * above; ERR_NOT_FOUND: the user has no second factor. */
MUST_USE enum err second_factor_check(struct town *town, const struct town_user *user, const char *code, int64_t *wait_ms);
/* Takes it away. `by`: the user's own name, or "operator". ERR_NOT_FOUND: there is none. */
MUST_USE enum err second_factor_off(struct town *town, const struct town_user *user, const char *by);

/* A ticket that says: this user's password was right a moment ago. It ends after five minutes, and with the password. */
enum { LOGIN_TICKET_SIZE = 128 };
MUST_USE enum err login_ticket_make(struct town *town, int64_t user_id, char out[LOGIN_TICKET_SIZE]);
/* ERR_DENIED: no ticket of ours, or not any more. */
MUST_USE enum err login_ticket_user(struct town *town, const char *ticket, struct town_user *user);

#endif
