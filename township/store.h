/* store.h: what the township keeps, behind one seam: nothing above it knows the engine (SQLite in
 * DIR/township.db).
 *
 * One connection, used by one thread at a time: the server holds its lock around every use. Writes happen
 * between town_begin and town_commit; what is not committed never was. */
#ifndef TOWNSHIP_STORE_H
#define TOWNSHIP_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/case.h"
#include "model/err.h"
#include "model/event.h"
#include "model/report.h"
#include "model/roster.h"
#include "model/rules_text.h"
#include "model/seal.h"

struct town_store; /* opaque */

enum {
	TOWN_TOKEN_HASH_BYTES = DIGEST_BYTES,
	TOWN_NAME_SIZE = 256,
	TOWN_DATE_SIZE = 11,
	TOWN_VILLAGE_SIZE = 64,
	TOWN_CURSOR_SIZE = 80,
	TOWN_VIEW_KEY_SEALED = SLIP_VIEW_KEY_BYTES + SEAL_OVERHEAD_BYTES
};

/* ---- the database ---- */

/* Opens DIR/township.db and migrates it. `create`: make it, ERR_EXISTS when there is one; without:
 * ERR_NOT_FOUND. ERR_NEWER leaves it untouched. */
MUST_USE enum err town_open(const char *dir, bool create, struct town_store **store);
void town_close(struct town_store *store);

MUST_USE enum err town_begin(struct town_store *store);
MUST_USE enum err town_commit(struct town_store *store);
void town_rollback(struct town_store *store);
/* Commits when `e` is ERR_OK, else rolls back; gives what became of it. */
MUST_USE enum err town_end(struct town_store *store, enum err e);

/* Small facts by name. `*len` is the room before and the length after; ERR_TOO_LONG when it does not fit. */
MUST_USE enum err town_meta_get(struct town_store *store, const char *key, void *out, size_t *len);
MUST_USE enum err town_meta_put(struct town_store *store, const char *key, const void *value, size_t len);

/* ---- events as they came ---- */

/* ERR_EXISTS: the event's id is known already, from another number. */
MUST_USE enum err town_event_add(struct town_store *store, const struct event_head *head, const char *payload,
                                 const uint8_t sig[SIGN_BYTES], int64_t now_ms);
MUST_USE enum err town_event_remove(struct town_store *store, const char *kiosk, int64_t seq);
/* Whether an accepted event of that number is there, and whether it is this very one. */
MUST_USE enum err town_event_known(struct town_store *store, const char *kiosk, int64_t seq,
                                   const char *payload, size_t len, bool *known, bool *same);
MUST_USE enum err town_refusal_put(struct town_store *store, const char *kiosk, int64_t seq,
                                   const char *reason, const char *payload, int64_t now_ms);
MUST_USE enum err town_refusal_clear(struct town_store *store, const char *kiosk, int64_t seq);
MUST_USE enum err town_refusals_json(struct town_store *store, json_t **list);

/* ---- cases ---- */

struct town_case {
	char id[UUID_SIZE];
	char kiosk[KIOSK_ID_SIZE];
	char receipt[24];
	enum report_kind kind;
	char subject[REPORT_ID_SIZE];
	char deputy[REPORT_ID_SIZE];
	uint8_t lookup[SLIP_LOOKUP_BYTES];
	int64_t at_ms, received_ms, updated_ms;
	bool clock_ok;
	enum case_state state;
	int round;
	bool extended;
	char assigned[REPORT_ID_SIZE];
	char office[TOWN_NAME_SIZE];
	char transfer_due[TOWN_DATE_SIZE], answer_due[TOWN_DATE_SIZE];
	char due[TOWN_DATE_SIZE]; /* the next of the two that is to be met, "" when answered; only read */
	char village[TOWN_VILLAGE_SIZE]; /* "": unknown */
	char village_by[16];             /* VILLAGE_BY_… (villages.h), "" for nobody; both only written by town_case_add and
	                                    town_case_village */
	int64_t rev;
	uint8_t view_key_sealed[TOWN_VIEW_KEY_SEALED];
	bool has_view_key;
};
/* Adds the case and its first round. ERR_EXISTS when the id is taken. */
MUST_USE enum err town_case_add(struct town_store *store, const struct town_case *c, const uint8_t *sealed,
                                size_t len, const char *from_date);
MUST_USE enum err town_case_get(struct town_store *store, const char *id, struct town_case *c);
/* What the office types: an id, or a receipt number when only one case has it. */
MUST_USE enum err town_case_resolve(struct town_store *store, const char *id_or_receipt, struct town_case *c);
MUST_USE enum err town_case_update(struct town_store *store, const struct town_case *c);
/* The sealed body; malloc'ed, the caller's. */
MUST_USE enum err town_case_sealed(struct town_store *store, const char *id, uint8_t **sealed, size_t *len);

/* The case's village, and who says so. ERR_NOT_FOUND */
MUST_USE enum err town_case_village(struct town_store *store, const char *id, const char *village, const char *by);

/* Which cases a search found: their ids as 16 bytes each, in no order. */
struct town_hits {
	uint8_t (*ids)[16]; /* owned; town_hits_clear */
	size_t count;
};
void town_hits_clear(struct town_hits *hits);
/* The 16 bytes of a case's id; false when it is none. */
bool town_hits_id(const char *uuid, uint8_t id[16]);

enum town_case_order {
	TOWN_CASES_NEWEST,
	TOWN_CASES_BY_DUE, /* the next deadline first, those that wait for nothing last */
};
enum { TOWN_CASES_COUNTED = 10000 };

/* NULL, 0 and false: any. What has the wrong form (state, light, month, after …) is ERR_INVALID. */
struct town_case_filter {
	const char *state, *kind, *subject;
	const char *deputy;  /* chosen by the voter, or assigned */
	const char *village; /* "": unknown */
	const char *light;   /* "green" "amber" "red" by the next deadline, "none": answered or closed */
	const char *month;   /* "2026-11": received in it, by the room's clock */
	const char *q;       /* in receipt, office, deputy's name */
	const struct town_hits *hits; /* what a search of the words found; with q: either of the two */
	int assigned;        /* 1: to a deputy; -1: to nobody */
	bool open;           /* neither answered nor closed */
	bool overdue;        /* as light "red" */
	const char *today;   /* the room's date */
	enum town_case_order order;
	const char *after;   /* `next` of the page before; NULL or "": the first page */
	int limit;           /* at least 1 */
};
struct town_case_page {
	json_t *cases;               /* the caller's: [{"case_id","receipt","kind","subject","deputy","deputy_name","state","round",
	                                "at","received","clock_ok","transfer_due","answer_due","assigned","assigned_name","office",
	                                "kiosk","updated","overdue","village","village_by","due" (null: waits for nothing),
	                                "days_left" (null; < 0: so many days late),"light" ("green" "amber" "red" "none")}] */
	char next[TOWN_CURSOR_SIZE]; /* "" on the last page */
	int64_t count;               /* all that match, on every page; TOWN_CASES_COUNTED + 1 means more than that */
};
MUST_USE enum err town_cases_page(struct town_store *store, const struct town_case_filter *filter,
                                  struct town_case_page *page);

/* How many there are, for the front page. */
struct town_case_counts {
	int64_t states[CASE_STATE_COUNT];
	int64_t lights[CASE_NO_LIGHT + 1];
	int64_t unassigned; /* open, and with neither a deputy nor an office */
	int64_t no_village; /* open, and the village unknown */
};
MUST_USE enum err town_case_counts(struct town_store *store, const char *today, struct town_case_counts *counts);

/* Each deputy with the villages of their mandates as they were written ("青禾村、上禾村"), in the roster's order:
 * [{"deputy","villages"}]. */
MUST_USE enum err town_mandate_villages_json(struct town_store *store, json_t **list);

/* For what is done to all cases one by one: those after *rowid, in no order that means anything; ERR_NOT_FOUND at the end.
 * Owns its texts; town_case_texts_clear. */
struct town_case_texts {
	char id[UUID_SIZE];
	char deputy[REPORT_ID_SIZE];
	bool village_due;     /* nobody has looked for the village yet */
	bool village_unknown; /* it was not found, or not looked for */
	uint8_t *sealed;
	size_t sealed_len;
	struct town_sealed {
		uint8_t *bytes;
		size_t len;
	} *answers;
	size_t answer_count;
};
MUST_USE enum err town_case_texts_next(struct town_store *store, int64_t *rowid, struct town_case_texts *texts);
MUST_USE enum err town_case_texts_get(struct town_store *store, const char *id, struct town_case_texts *texts);
void town_case_texts_clear(struct town_case_texts *texts);
MUST_USE enum err town_case_total(struct town_store *store, int64_t *total);

struct town_round {
	int round;
	int64_t answered_ms;
	uint8_t *answer;
	size_t answer_len;
	char rating[16];
	uint8_t *reason;
	size_t reason_len;
	int64_t rated_ms;
	char from_date[TOWN_DATE_SIZE];
};
void town_round_clear(struct town_round *round);
MUST_USE enum err town_round_get(struct town_store *store, const char *case_id, int round,
                                 struct town_round *r);
MUST_USE enum err town_round_add(struct town_store *store, const struct town_case *c, const char *from_date);
/* The round's deadlines and extension, as the case has them now. */
MUST_USE enum err town_round_dates(struct town_store *store, const struct town_case *c);
MUST_USE enum err town_round_answer(struct town_store *store, const char *case_id, int round, int64_t at_ms,
                                    const uint8_t *answer, size_t len);
MUST_USE enum err town_round_rate(struct town_store *store, const char *case_id, int round,
                                  enum rating rating, const uint8_t *reason, size_t len, int64_t at_ms);

struct town_step {
	int round;
	char step[24];
	int64_t at_ms;
	char user[64];
	char who[TOWN_NAME_SIZE];
	char due[TOWN_DATE_SIZE];
	uint8_t *note;
	size_t note_len;
}; /* note owned */
struct town_steps {
	struct town_step *items;
	size_t count;
};
MUST_USE enum err town_step_add(struct town_store *store, const char *case_id, const struct town_step *step);
MUST_USE enum err town_steps_get(struct town_store *store, const char *case_id, struct town_steps *steps);
void town_steps_clear(struct town_steps *steps);

/* ---- blobs: the files are DIR/blobs/SHA256; this says which are whole ---- */

MUST_USE enum err town_blob_add(struct town_store *store, const char *sha256, int64_t size, const char *kiosk,
                                int64_t now_ms);
MUST_USE enum err town_blob_find(struct town_store *store, const char *sha256, int64_t *size);

/* ---- the wall ---- */

MUST_USE enum err town_deputy_put(struct town_store *store, const struct roster_person *person);
MUST_USE enum err town_deputy_name(struct town_store *store, const char *id, char name[128]);
/* Finds a deputy by id, or by name when only one has it (ERR_EXISTS: several have). */
MUST_USE enum err town_deputy_resolve(struct town_store *store, const char *id_or_name,
                                      char id[REPORT_ID_SIZE]);
/* No longer a deputy, from `at_ms` until town_deputy_put puts them back. */
MUST_USE enum err town_deputy_leave(struct town_store *store, const char *id, int64_t at_ms);
/* Whether somebody of this id or name was a deputy and has left. */
MUST_USE enum err town_deputy_has_left(struct town_store *store, const char *id_or_name, bool *left);
struct town_duty {
	char id[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE], date[TOWN_DATE_SIZE];
	int weekday; /* -1: a date */
	char from[6], until[6], room[64];
};
struct town_duties {
	struct town_duty *items;
	size_t count;
};
MUST_USE enum err town_duty_put(struct town_store *store, const struct town_duty *duty);
MUST_USE enum err town_duties_get(struct town_store *store, struct town_duties *duties);
/* Forgets the rota. */
MUST_USE enum err town_duties_drop(struct town_store *store);
void town_duties_clear(struct town_duties *duties);

/* ---- what flows down ---- */

/* Puts the object's newest state (or its deletion) at the end of the stream. `data` is borrowed. */
MUST_USE enum err town_change_put(struct town_store *store, const char *type, const char *op, const char *id,
                                  json_t *data, int64_t now_ms);
/* Puts what the stream holds of an object at its end once more; nothing when it holds nothing, or a deletion. */
MUST_USE enum err town_change_again(struct town_store *store, const char *type, const char *id, int64_t now_ms);
/* The cursor of the newest change; 0 when there is none. */
MUST_USE enum err town_change_tip(struct town_store *store, int64_t *cursor);
/* At most `max` changes and about `max_bytes` after the cursor; *next is the last one's cursor. */
MUST_USE enum err town_changes_after(struct town_store *store, int64_t after, int max, size_t max_bytes,
                                     json_t **list, int64_t *next, bool *more);

/* ---- the audit chain ---- */

struct town_link {
	int64_t n, at_ms;
	char *who, *act, *object, *detail;
	uint8_t prev[DIGEST_BYTES], hash[DIGEST_BYTES], sig[SIGN_BYTES];
};
MUST_USE enum err town_audit_tip(struct town_store *store, int64_t *n, uint8_t hash[DIGEST_BYTES]);
MUST_USE enum err town_audit_add(struct town_store *store, const struct town_link *link);

#endif
