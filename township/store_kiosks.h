/* store_kiosks.h: the store's part on kiosks: who they are, their enrolment, what they say of themselves. */
#ifndef TOWNSHIP_STORE_KIOSKS_H
#define TOWNSHIP_STORE_KIOSKS_H

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

#endif
