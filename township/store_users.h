/* store_users.h: the store's part on the people who use the office's side: accounts, sessions, second factors, and the
 * chain of what they did. */
#ifndef TOWNSHIP_STORE_USERS_H
#define TOWNSHIP_STORE_USERS_H

#include "township/store.h"

/* ---- accounts ---- */

struct town_user {
	int64_t id;
	char name[64];
	char role[16]; /* head | clerk | readonly | deputy */
	char password[160];
	bool disabled;
	bool must_change;   /* the password is for signing in once */
	bool second_factor; /* signing in takes a code besides */
};
MUST_USE enum err town_user_find(struct town_store *store, const char *name, struct town_user *user);
MUST_USE enum err town_user_get(struct town_store *store, int64_t id, struct town_user *user);
/* Adds, or changes role, deputy (NULL: nobody's) and password of the one of that name. */
MUST_USE enum err town_user_put(struct town_store *store, const char *name, const char *role, const char *deputy,
                                const char *password);
/* Adds one whose password must be changed at the first sign-in. ERR_EXISTS: the name is taken. */
MUST_USE enum err town_user_add(struct town_store *store, const char *name, const char *role, const char *deputy,
                                const char *password, int64_t now_ms);
MUST_USE enum err town_user_password(struct town_store *store, int64_t id, const char *password, bool must_change);
MUST_USE enum err town_user_role(struct town_store *store, int64_t id, const char *role);
MUST_USE enum err town_user_disable(struct town_store *store, int64_t id, bool disabled);
/* How many heads there are who can sign in, besides that one. */
MUST_USE enum err town_heads_besides(struct town_store *store, int64_t id, int64_t *count);
/* By role and name: [{"id","name","role","deputy","deputy_name","disabled","must_change","second_factor","recovery","login","left"}]; login in
 * ms, 0 for never; left: the deputy whose it is, is none any more. */
MUST_USE enum err town_users_json(struct town_store *store, json_t **list);
/* Whether there is an account of that deputy's. */
MUST_USE enum err town_deputy_known(struct town_store *store, const char *deputy, bool *known);
/* Deputies of the group of that name (NULL: all) who have no account, in the roster's order: [{"id","name"}]. */
MUST_USE enum err town_deputies_unknown_json(struct town_store *store, const char *group, json_t **list);

/* ---- sessions ---- */

struct town_session {
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	int64_t user_id, created_ms, expires_ms;
	const char *peer, *client; /* borrowed */
	bool web;
};
/* Adds it, forgets those that have ended, and notes that the user signed in. */
MUST_USE enum err town_session_add(struct town_store *store, const struct town_session *session);
/* Whose it is; a page's session that was not used for `idle_ms` has ended. The password is not read. */
MUST_USE enum err town_session_find(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES], int64_t now_ms,
                                    int64_t idle_ms, struct town_user *user, int64_t *seen_ms);
MUST_USE enum err town_session_seen(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES], int64_t now_ms);
/* ERR_OK also when there is none. */
MUST_USE enum err town_session_remove(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES]);
/* One of that user's by its number in the list. ERR_NOT_FOUND. */
MUST_USE enum err town_session_remove_one(struct town_store *store, int64_t user_id, int64_t number);
/* All of that user's, but the one of `but` (NULL: none is spared). */
MUST_USE enum err town_sessions_remove(struct town_store *store, int64_t user_id, const uint8_t *but);
/* Those that have not ended, newest first: [{"number","at","seen","expires","peer","client","web","own"}]; own is the one of `hash`. */
MUST_USE enum err town_sessions_json(struct town_store *store, int64_t user_id, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                                     int64_t now_ms, int64_t idle_ms, json_t **list);

/* ---- second factors ---- */

enum { TOWN_FACTOR_KEY_BYTES = 20, TOWN_FACTOR_SEALED = TOWN_FACTOR_KEY_BYTES + SEAL_OVERHEAD_BYTES };
struct town_factor {
	uint8_t key[TOWN_FACTOR_SEALED]; /* sealed */
	int64_t confirmed_ms;            /* 0: being set up */
	int64_t last_step, wait_until_ms;
	int wrong;
};
/* ERR_NOT_FOUND */
MUST_USE enum err town_factor_get(struct town_store *store, int64_t user_id, struct town_factor *factor);
MUST_USE enum err town_factor_put(struct town_store *store, int64_t user_id, const struct town_factor *factor);
/* With its recovery codes; ERR_OK also when there is none. */
MUST_USE enum err town_factor_remove(struct town_store *store, int64_t user_id);
/* Puts `count` digests, one after the other, in the place of those there were. */
MUST_USE enum err town_recovery_put(struct town_store *store, int64_t user_id, const uint8_t *hashes, int count);
/* Uses it up. ERR_NOT_FOUND: there is no such code, or it was used. */
MUST_USE enum err town_recovery_use(struct town_store *store, int64_t user_id, const uint8_t hash[DIGEST_BYTES], int64_t now_ms);
MUST_USE enum err town_recovery_left(struct town_store *store, int64_t user_id, int64_t *count);

/* ---- the chain, to be read ---- */

struct town_audit_filter {
	const char *who;         /* a user's name, or a kiosk's; NULL: anybody */
	const char *act;         /* the whole name or what stands before its dot; NULL: any */
	const char *object;      /* NULL: any */
	int64_t from_ms, until_ms; /* until: 0 for no end */
	int64_t before;          /* links before this number; 0: from the newest */
	int limit;
};
/* Newest first: [{"n","at","who","act","object","detail","label"}]; label: a case's receipt number, a user's or deputy's name, "". */
MUST_USE enum err town_audit_json(struct town_store *store, const struct town_audit_filter *filter, json_t **list);
/* Calls `each` for at most `limit` links after number `after`, in order, until it gives other than ERR_OK, and gives that. */
MUST_USE enum err town_audit_after(struct town_store *store, int64_t after, int limit,
                                   enum err (*each)(void *arg, const struct town_link *link), void *arg);

#endif
