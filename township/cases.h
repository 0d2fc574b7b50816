/* cases.h: what happens to a case at the office: it comes in, it is worked, it is judged, and the voter's
 * view of it goes down to every kiosk. All of it inside the caller's transaction, under the town's lock. */
#ifndef TOWNSHIP_CASES_H
#define TOWNSHIP_CASES_H

#include "township/town.h"
#include "township/villages.h"

/* A report as an event brought it: read and opened before anything is locked, for that takes longer than to keep it. */
struct case_report {
	struct town_case c; /* with its village */
	const char *reason; /* why it is refused; NULL: it is not */
	const char *base64; /* borrowed from the event */
	size_t base64_len;
	uint8_t *sealed; /* owned, as `text` is */
	size_t sealed_len;
	char *text; /* the words; secret */
	size_t text_len;
};
/* Takes no lock and writes nothing. case_report_clear in any case. */
MUST_USE enum err case_report_read(const struct town *town, const struct villages *villages,
                                   const struct event_head *head, json_t *data, struct case_report *report);
void case_report_clear(struct case_report *report); /* wipes the words */

/* The reasons for which an event is refused, as they travel and are kept; NULL in *reason when it is taken.
 */
MUST_USE enum err case_submitted(struct town *town, const struct event_head *head, struct case_report *report,
                                 const char **reason);
MUST_USE enum err case_rated(struct town *town, const struct event_head *head, json_t *data, const char **reason);

/* What the office asks for; NULL where a step has no use for it. */
struct step_order {
	const char *step, *deputy, *office, *consent, *text, *by, *user;
};

struct step_refusal {
	enum err e;       /* ERR_STATE: the rules do not allow it; ERR_INVALID: something is missing; … */
	const char *what; /* in Chinese, for the person */
	const char *remedy;
};

/* Derives and keeps the key of the voter's view when this case has none yet. Takes tens of milliseconds: it
 * takes the town's lock itself, and lets it go meanwhile. ERR_CORRUPT: the sealed body cannot be opened or
 * has no code. */
MUST_USE enum err case_prepare_key(struct town *town, const char *case_id);

/* Does the step and publishes the case. On failure `refusal` says why. */
MUST_USE enum err case_step_do(struct town *town, struct town_case *c, const struct step_order *order,
                               struct step_refusal *refusal);

/* Opens the next round, whose days count from c->updated_ms, with `step` as its first line (its round, time and due date are
 * filled in); the caller writes the case. */
MUST_USE enum err case_begin_redo(struct town *town, struct town_case *c, struct town_step *step);
/* Sends an answered case back because the deputy, or the voter face to face, is not satisfied: `who` as the timeline names
 * them, `reason` needed (ERR_INVALID without, ERR_TOO_LONG). ERR_STATE: there is no answer to judge. Publishes it. */
MUST_USE enum err case_send_back(struct town *town, struct town_case *c, const char *who, const char *reason,
                                 const char *user);

/* Whether what a voter judged in `round` is an answer that this server had before it was restored from an older copy. */
bool case_answer_lost(const struct town *town, const struct town_case *c, const struct event_head *head, int64_t round);
/* The timeline's line of it; the case is then taken for answered. */
MUST_USE enum err case_note_lost_answer(struct town *town, struct town_case *c, int64_t judged_ms);

/* The steps that the rules allow now, as a JSON array of names ("extend" counts as needing a consent). */
json_t *case_allowed(const struct town_case *c);

/* The case as the office reads it: opened, with timeline and deadlines. Secret: free it by json_decref (wiped
 * on free). */
MUST_USE enum err case_open(struct town *town, const struct town_case *c, json_t **opened);

/* Puts the case's newest state into the stream of changes. */
MUST_USE enum err case_publish(struct town *town, const struct town_case *c);

#endif
