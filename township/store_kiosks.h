/* store_kiosks.h: the store's part on kiosks: who they are, their enrolment, what they say of themselves. */
#ifndef TOWNSHIP_STORE_KIOSKS_H
#define TOWNSHIP_STORE_KIOSKS_H

#include "model/health.h"
#include "township/store.h"

/* ---- kiosks and their enrolment ---- */

struct town_kiosk {
	char id[KIOSK_ID_SIZE];
	char name[TOWN_NAME_SIZE];
	uint8_t public_key[SIGN_PUBLIC_BYTES];
	int64_t last_seq;
	bool revoked, token_used;
};
MUST_USE enum err town_kiosk_by_token(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                                      struct town_kiosk *kiosk);
MUST_USE enum err town_kiosk_by_key(struct town_store *store, const uint8_t key[SIGN_PUBLIC_BYTES],
                                    struct town_kiosk *kiosk);
MUST_USE enum err town_kiosk_by_id(struct town_store *store, const char *id, struct town_kiosk *kiosk);
MUST_USE enum err town_kiosk_put(struct town_store *store, const struct town_kiosk *kiosk,
                                 const char *version, int64_t now_ms);
MUST_USE enum err town_kiosk_token(struct town_store *store, const char *id,
                                   const uint8_t hash[TOWN_TOKEN_HASH_BYTES]);
/* Notes that it was heard of (to half a minute, so that most contacts write nothing), and its token used. */
MUST_USE enum err town_kiosk_contact(struct town_store *store, const char *id, int64_t now_ms);
MUST_USE enum err town_kiosk_seq(struct town_store *store, const char *id, int64_t seq);
MUST_USE enum err town_kiosk_rename(struct town_store *store, const char *id, const char *name);
MUST_USE enum err town_kiosk_revoke(struct town_store *store, const char *id, int64_t now_ms);
MUST_USE enum err town_kiosks_json(struct town_store *store, json_t **list);

struct town_enrolment {
	uint8_t ticket_hash[TOWN_TOKEN_HASH_BYTES];
	char code[9];
	char name[TOWN_NAME_SIZE];
	uint8_t public_key[SIGN_PUBLIC_BYTES];
	char version[32];
	char state[16]; /* waiting | approved | denied */
	char kiosk[KIOSK_ID_SIZE];
	int64_t created_ms;
};
/* Replaces a waiting one of the same key. ERR_EXISTS: another kiosk waits with this code. */
MUST_USE enum err town_enrolment_add(struct town_store *store, const struct town_enrolment *enrolment);
MUST_USE enum err town_enrolment_by_ticket(struct town_store *store,
                                           const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                                           struct town_enrolment *enrolment);
MUST_USE enum err town_enrolment_by_code(struct town_store *store, const char *code,
                                         struct town_enrolment *enrolment);
MUST_USE enum err town_enrolment_decide(struct town_store *store, const struct town_enrolment *enrolment,
                                        const char *state, const char *kiosk, const char *by, int64_t now_ms);
/* Forgets those that have waited since before `before_ms`; the number still waiting. */
MUST_USE enum err town_enrolment_expire(struct town_store *store, int64_t before_ms, int64_t *waiting);
MUST_USE enum err town_enrolments_json(struct town_store *store, json_t **list);
/* Those that wait since no earlier than `since_ms`, oldest first: [{"code","name","version","at","before","revoked"}]. `before`
 * is what the kiosk of that key was called when it was enrolled earlier, "" for a new one. */
MUST_USE enum err town_waiting_json(struct town_store *store, int64_t since_ms, json_t **list);

/* ---- what kiosks say of themselves (store/kiosk_health.c) ---- */

enum { TOWN_HEALTH_VALUE_SIZE = 40 };

MUST_USE enum err town_health_put(struct town_store *store, const char *kiosk, const struct health *h, int64_t now_ms);
/* What the part became when it last changed. ERR_NOT_FOUND: it was never told. */
MUST_USE enum err town_health_last(struct town_store *store, const char *kiosk, const char *part,
                                   char now[TOWN_HEALTH_VALUE_SIZE]);
/* Keeps the newest fifty of a kiosk, and the last of each part. */
MUST_USE enum err town_health_change_add(struct town_store *store, const char *kiosk, const char *part, const char *was,
                                         const char *now, int64_t now_ms);
/* Newest first: [{"at","part","was","now"}]. */
MUST_USE enum err town_health_changes_json(struct town_store *store, const char *kiosk, json_t **list);

struct town_kiosk_look {
	char id[KIOSK_ID_SIZE];
	char name[TOWN_NAME_SIZE];
	char version[HEALTH_VERSION_SIZE];
	int64_t enrolled_ms, revoked_ms, last_contact_ms; /* 0: never */
	int64_t last_seq;
	int64_t refused, unhandled; /* events that were refused, and those of them that nobody has seen to */
	int64_t health_ms;          /* when `health` came in; 0: it has said nothing, and health is empty */
	struct health health;
};
/* ERR_NOT_FOUND */
MUST_USE enum err town_kiosk_look(struct town_store *store, const char *id, struct town_kiosk_look *look);
struct town_kiosk_looks {
	struct town_kiosk_look *items; /* owned; town_kiosk_looks_clear */
	size_t count;
};
/* All, by name, revoked ones last. */
MUST_USE enum err town_kiosk_looks(struct town_store *store, struct town_kiosk_looks *looks);
void town_kiosk_looks_clear(struct town_kiosk_looks *looks);

/* Those that nobody has seen to first: [{"seq","reason","at","type","handled" (0: not),"handled_by"}]. */
MUST_USE enum err town_kiosk_refusals_json(struct town_store *store, const char *kiosk, json_t **list);
/* ERR_NOT_FOUND: no such refusal, or it was seen to before. */
MUST_USE enum err town_refusal_handled(struct town_store *store, const char *kiosk, int64_t seq, const char *user,
                                       int64_t now_ms);

#endif
