/* users.h: what the head of the office does with others' accounts. Each takes the town's lock itself: passwords are slow. */
#ifndef TOWNSHIP_USERS_H
#define TOWNSHIP_USERS_H

#include "township/password.h"
#include "township/store_users.h"
#include "township/town.h"

/* Why something was not done, in Chinese; static texts. */
struct user_refusal {
	const char *what, *remedy;
};

struct new_user {
	const char *name;
	const char *role;   /* head | clerk | readonly | deputy */
	const char *deputy; /* whose account it is: the id, for the role deputy alone; then a name that is "" becomes the deputy's own */
};
/* Adds an account with a password for signing in once: `password` is to be shown and wiped. ERR_INVALID with the refusal. */
MUST_USE enum err users_add(struct town *town, const char *by, const struct new_user *order, char name[64],
                            char password[PASSWORD_ONCE_SIZE], struct user_refusal *refusal);
/* Adds one for each deputy of the group of that name (NULL: of all) who has none: [{"name","deputy_name","password"}], secret. */
MUST_USE enum err users_add_deputies(struct town *town, const char *by, const char *group, json_t **made);

enum user_act { USER_DISABLE, USER_ENABLE, USER_ROLE, USER_RESET_PASSWORD, USER_RESET_FACTOR };
/* Does it to another's account, and ends their sessions. `role` for USER_ROLE alone; `password` gets the new one for
 * USER_RESET_PASSWORD. ERR_INVALID with the refusal: oneself, the last head, a role that is none; ERR_NOT_FOUND. */
MUST_USE enum err users_act(struct town *town, const struct town_user *by, int64_t id, enum user_act act, const char *role,
                            char password[PASSWORD_ONCE_SIZE], struct user_refusal *refusal);

#endif
