/* report.h: what a voter says, while it is being written (the draft) and as it is sealed. */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/ink.h"
#include "model/slip_code.h"

enum {
	REPORT_TEXT_MAX_CHARS = 1000, /* code points */
	REPORT_TEXT_SIZE = REPORT_TEXT_MAX_CHARS * 4 + 1,
	REPORT_NAME_MAX_CHARS = 30,
	REPORT_NAME_SIZE = REPORT_NAME_MAX_CHARS * 4 + 1,
	REPORT_PHONE_MAX_CHARS = 20,
	REPORT_PHONE_SIZE = REPORT_PHONE_MAX_CHARS + 1,
	REPORT_ID_SIZE = 64,          /* subject and deputy ids, with the NUL */
	REPORT_VOICE_MAX_S = 180,
	REPORT_INK_MAX_PAGES = 4,
	RATING_REASON_MAX_CHARS = 300,
	RATING_REASON_SIZE = RATING_REASON_MAX_CHARS * 4 + 1,
};

enum report_kind { REPORT_COMPLAINT, REPORT_OPINION, REPORT_SUGGESTION, REPORT_THANKS, REPORT_KIND_COUNT };

/* "complaint", "opinion", "suggestion", "thanks": the names on the wire and in the database. */
const char *report_kind_id(enum report_kind kind);
MUST_USE enum err report_kind_parse(const char *id, enum report_kind *kind);

enum report_identity { IDENTITY_UNSET, IDENTITY_ANONYMOUS, IDENTITY_NAMED, IDENTITY_ID_CARD };

/* The draft. It is secret: it lives in locked memory, in one place, and report_wipe ends it. */
struct report {
	enum report_kind kind;
	bool kind_chosen;
	char subject[REPORT_ID_SIZE];     /* "" until chosen */
	char deputy[REPORT_ID_SIZE];      /* "" is "whoever is on duty" */
	bool deputy_chosen;
	char text[REPORT_TEXT_SIZE];      /* UTF-8 */
	struct ink pages[REPORT_INK_MAX_PAGES];
	size_t page_count;
	uint8_t *voice;                   /* Ogg Opus, owned, NULL when none */
	size_t voice_len;
	uint32_t voice_ms;
	enum report_identity identity;
	char name[REPORT_NAME_SIZE];
	char phone[REPORT_PHONE_SIZE];
	char id_number[19];               /* from the card; sealed, never stored */
};

/* Something was written, drawn or said. */
bool report_has_content(const struct report *r);

/* Wipes every byte and frees what is owned; the report is empty and usable afterwards. */
void report_wipe(struct report *r);

/* A blob that the sealed body refers to, by its SHA-256 in lower-case hex, NUL-terminated. */
struct report_blob_ref {
	char sha256_hex[65];
	const char *media; /* "application/x-deputies-ink" or "audio/ogg" ; static */
	uint32_t voice_ms; /* 0 for ink */
};

/* The JSON that is sealed to the township:
 * {"v":1,"code","kind","subject","deputy","text","identity","name","phone",
 * "id_number","blobs":[{"sha256","media","ms"}]}. `*json` is malloc'ed and secret: wipe it, then free it.
 * ERR_INVALID: a field is not UTF-8. */
MUST_USE enum err report_to_json(const struct report *r, const struct slip_code *code,
                                 const struct report_blob_ref *blobs, size_t blob_count, char **json,
                                 size_t *len);

#endif
