/* town.h: what every part of the server works with: the store, the keys, the room's rules, and their one
 * lock. */
#ifndef TOWNSHIP_TOWN_H
#define TOWNSHIP_TOWN_H

#include <jansson.h>
#include <pthread.h>

#include "model/evaluation.h"
#include "model/proposal.h"
#include "township/keys_lock.h"
#include "township/login_slots.h"
#include "township/notice.h"
#include "township/store.h"
#include "township/totp.h"

struct town {
	struct town_store *store; /* owned; used under `lock` alone */
	struct town_keys *keys;   /* owned; never changes while the server runs */
	struct case_rules rules;
	struct notice_rules notice;
	int quiet_hours; /* without a word from a kiosk, until somebody should look */
	struct proposal_rules proposals;
	struct evaluation_rules evaluations;
	struct search *search; /* owned; search.h; NULL outside of the server */
	struct roster_imports *roster_imports; /* owned; roster_import.h; NULL outside of the server */
	enum second_factor_policy second_factor;
	int idle_minutes;   /* a page's session that nobody uses for so long ends */
	char township[128]; /* 青禾乡 */
	char dir[2048];
	int64_t rev_floor; /* revisions of views go on above it: see restore.c */
	struct login_slot logins[LOGIN_SLOTS]; /* under `lock` */
	pthread_mutex_t lock;
};

/* Opens DIR: database, keys, and that they belong together. `problem` gets a sentence for the operator. */
MUST_USE enum err town_start(const char *dir, struct town *town, char problem[512]);
/* The same, with the passphrase of its keys from `from` where they are kept under one. ERR_STATE: none or a wrong one. */
MUST_USE enum err town_start_asking(const char *dir, const struct passphrase_from *from, struct town *town,
                                    char problem[512]);
void town_stop(struct town *town);

void town_lock(struct town *town);
void town_unlock(struct town *town);

int64_t town_now_ms(void);
/* The revision of a voter's view after `rev`. */
int64_t town_next_rev(const struct town *town, int64_t rev);
/* The room's date today, "2026-03-12". */
void town_today(char out[TOWN_DATE_SIZE]);

/* Adds the next link to the audit chain, inside the caller's transaction. */
MUST_USE enum err town_audit(struct town *town, const char *who, const char *act, const char *object,
                             const char *detail);
/* The same, where it was a person of the office (or a deputy) who acted: `user` is the name of their account. */
MUST_USE enum err town_audit_user(struct town *town, const char *user, const char *act, const char *object,
                                  const char *detail);
/* What a link's hash is of: a JSON array of its members and the hash before it, in the one form that jansson gives to texts
 * and numbers. malloc'ed; NULL when out of memory. */
char *town_link_text(const struct town_link *link);
/* Checks the chain as long as it is now: ERR_CORRUPT with the number of the first bad link. *links is how many were good. Takes
 * the town's lock itself, for a moment at a time. */
MUST_USE enum err town_audit_verify(struct town *town, int64_t *links, int64_t *bad);

/* Base64 (standard, padded). b64_of gives a malloc'ed text, NULL when out of memory. */
char *b64_of(const void *bytes, size_t len);
/* Lower-case hex of exactly `len` bytes, or ERR_INVALID. */
MUST_USE enum err hex_exact(const char *text, uint8_t *out, size_t len);
json_t *hex_json(const void *bytes, size_t len);
/* Exactly `len` bytes, or ERR_INVALID. */
MUST_USE enum err b64_exact(const char *text, uint8_t *out, size_t len);
/* Whatever length; *out is malloc'ed. */
MUST_USE enum err b64_any(const char *text, size_t text_len, uint8_t **out, size_t *len);
/* A JSON string of base64; NULL when out of memory. */
json_t *b64_json(const void *bytes, size_t len);

/* Seals to the township's own key: how texts of the office are kept. *out is malloc'ed. */
MUST_USE enum err town_seal(const struct town *town, const void *text, size_t len, uint8_t **out,
                            size_t *out_len);
/* Opens it: malloc'ed, NUL-terminated, secret: town_forget it. */
MUST_USE enum err town_unseal(const struct town *town, const uint8_t *sealed, size_t len, char **text,
                              size_t *text_len);
/* Wipes and frees a secret text; NULL is fine. */
void town_forget(char *text, size_t len);

#endif
