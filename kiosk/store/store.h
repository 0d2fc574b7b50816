/* store.h: the kiosk's one SQLite file, DIR/kiosk.db (WAL, synchronous=FULL, foreign keys), and what is kept
 * beside it: DIR/keys/ (the kiosk's Ed25519 pair, mode 0600), DIR/blobs/ (sealed ink and sound), DIR/backup/.
 *
 * SQL lives in this folder alone. Every write is one transaction that holds the row, its outbox event and the
 * next link of the audit chain, or nothing. A `struct store` is one connection and belongs to one thread. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/case.h"
#include "model/err.h"
#include "model/event.h"
#include "model/report.h"
#include "model/seal.h"

struct store; /* opaque */

/* ---- the folder
 * ------------------------------------------------------------------------------------------------ */

/* Makes DIR with an empty database, keys and salt. ERR_EXISTS when there is a database already. */
MUST_USE enum err store_create(const char *dir);

enum store_open_flags {
	STORE_OWNER = 1,   /* be the one kiosk of this folder: ERR_BUSY when another is */
	STORE_RECOVER = 2, /* a corrupt database is kept aside and the last good backup put in its place */
};

struct store_recovery {
	bool unclean;            /* the owner before ended without store_close: killed, or the power went */
	bool happened;
	char kept_aside[512];    /* path of the corrupt file */
	char backup_used[512];   /* "" when there was none and the store begins empty */
};

/* Opens DIR, migrating an older schema (after a backup of it). ERR_NEWER: left untouched. ERR_CORRUPT without
 * STORE_RECOVER. `recovery` may be NULL. On ERR_OK *store is the caller's to close. */
MUST_USE enum err store_open(const char *dir, unsigned flags, struct store **store,
                             struct store_recovery *recovery);
void store_close(struct store *store);

/* The program's schema version, and the folder's. */
int store_schema_newest(void);
int store_schema(struct store *store);

/* ---- who we are
 * ------------------------------------------------------------------------------------------------ */

struct store_identity {
	char kiosk[KIOSK_ID_SIZE];            /* given at enrolment; "" before it */
	uint8_t sign_public[SIGN_PUBLIC_BYTES];
	bool enrolled;
	uint8_t township_seal_key[SEAL_PUBLIC_BYTES];
	uint8_t township_sign_key[SIGN_PUBLIC_BYTES];
	uint8_t slip_salt[SLIP_SALT_BYTES];
	char enrol_code[16];                  /* shown on the screen while enrolment waits; "" otherwise */
};
MUST_USE enum err store_identity(struct store *store, struct store_identity *identity);

/* A number that grows with every committed change of what screens show (PRAGMA data_version and our own
 * writes). */
int64_t store_version(struct store *store);

/* ---- the voter's path
 * ------------------------------------------------------------------------------------------ */

struct submission {
	char case_id[UUID_SIZE];
	char receipt[24];        /* 2026-0312-0017 */
	int64_t at_ms;
	bool clock_ok;
};

/* Commits a report: sealed to the township, with its event and audit link; blobs are written and fsynced
 * before. `code` and `keys` are made beforehand (slip_keys_derive is slow). ERR_FULL, ERR_IO: nothing was
 * accepted, nothing is left half-written. ERR_STATE: not enrolled yet. */
MUST_USE enum err store_submit(struct store *store, const struct report *report, const struct slip_code *code,
                               const struct slip_keys *keys, struct submission *done);

struct case_summary {
	char case_id[UUID_SIZE];
	char receipt[24];
	enum report_kind kind;
	char subject[REPORT_ID_SIZE];
	char deputy[REPORT_ID_SIZE];   /* "" when it went to whoever was on duty */
	enum case_state state;
	int64_t at_ms;
	bool clock_ok;
	bool rated;                    /* in the present round */
	enum rating rating;            /* when rated */
	int round;                     /* 1, and one more for each redo */
	bool synced;                   /* the township has acknowledged it */
	int64_t view_rev;              /* 0: the township has sent nothing yet */
	uint8_t *view;                 /* boxed view, owned by the summary, NULL when view_rev is 0 */
	size_t view_len;
};
/* Finds a case by its slip's lookup tag. ERR_NOT_FOUND. Release with case_summary_clear. */
MUST_USE enum err store_find_case(struct store *store, const uint8_t lookup[SLIP_LOOKUP_BYTES],
                                  struct case_summary *summary);
void case_summary_clear(struct case_summary *summary);

/* Records the voter's judgement of the answer in the present round; `reason` (UTF-8, may be "") is sealed to
 * the township. ERR_STATE when it is not answered or was rated already. */
MUST_USE enum err store_rate(struct store *store, const char *case_id, enum rating rating,
                             const char *reason);

/* ---- what the wall and the forms need
 * -------------------------------------------------------------------------- */

struct deputy_row {
	char id[REPORT_ID_SIZE];
	char name[128];
	char gender[16];
	char levels[64];          /* "township,county": the mandates held, highest last */
	char constituency[128];   /* 第三选区 */
	char villages[256];       /* 青禾村、石门村 */
	char group[128];
	char job[128];
	char initials[32];        /* pinyin initials of the name, upper case: ZYL */
};
struct deputy_list { struct deputy_row *rows; size_t count; }; /* rows owned; deputy_list_clear */

/* All deputies in the order of the wall (township level first, then by constituency and name). */
MUST_USE enum err store_deputies(struct store *store, struct deputy_list *list);
void deputy_list_clear(struct deputy_list *list);
/* Whether any of that was written since *link of the audit chain (0: ever); *link becomes the newest. Costs as much as was written
 * since, not as much as there is. When it cannot be told, true. */
bool store_deputies_changed(struct store *store, int64_t *link);

struct village_list { char (*names)[128]; size_t count; }; /* owned; village_list_clear */
/* The villages that they serve, each once, in that order. */
MUST_USE enum err deputies_villages(const struct deputy_list *deputies, struct village_list *list);
void village_list_clear(struct village_list *list);

struct rule_row { char id[REPORT_ID_SIZE]; char title[256]; size_t article_count; };
struct rule_list { struct rule_row *rows; size_t count; };
MUST_USE enum err store_rules(struct store *store, struct rule_list *list);
void rule_list_clear(struct rule_list *list);
/* The rule's whole text, articles separated by LF; malloc'ed, the caller's. */
MUST_USE enum err store_rule_text(struct store *store, const char *id, char **text);

/* The deputies on duty for reception at a time ("" when nobody is). `until` gets "11:30". */
struct duty_row { char deputy[REPORT_ID_SIZE]; char from[6], until[6]; char room[64]; };
MUST_USE enum err store_duty_now(struct store *store, int64_t now_ms, struct duty_row *row);

/* ---- state of the box
 * ------------------------------------------------------------------------------------------ */

struct store_counts {
	int64_t cases, events, unsent, parked, audit_links, blobs_unsent;
	int64_t last_contact_ms;   /* 0: never */
	char last_sync_error[256]; /* "" when the last contact went well */
};
MUST_USE enum err store_counts(struct store *store, struct store_counts *counts);

#endif
