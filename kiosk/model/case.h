/* case.h: the life of a case after it was submitted, and its deadlines: one table of rules for kiosk and
 * township.
 *
 *                       accept            assign             transfer
 *   REGISTERED ──────────► ACCEPTED ─────────► ASSIGNED ─────────► TRANSFERRED ──┐ extend (once)
 *        │ assign/transfer    │ transfer/answer    │ answer             │ answer   └─► TRANSFERRED
 *        └────────────────────┴────────────────────┴────────► ANSWERED ◄┘
 *                                        rated unsatisfied │      │ rated satisfied or partly
 *                         accept/assign/transfer/answer ◄─ REDO   └─► CLOSED
 */
#ifndef MODEL_CASE_H
#define MODEL_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/civil.h"
#include "model/err.h"

enum case_state {
	CASE_REGISTERED,
	CASE_ACCEPTED,
	CASE_ASSIGNED,
	CASE_TRANSFERRED,
	CASE_ANSWERED,
	CASE_REDO,
	CASE_CLOSED,
	CASE_STATE_COUNT
};

enum case_step {
	STEP_ACCEPT,
	STEP_ASSIGN,
	STEP_TRANSFER,
	STEP_EXTEND,
	STEP_TALK,
	STEP_ANSWER,
	STEP_RATE_SATISFIED,
	STEP_RATE_PARTLY,
	STEP_RATE_UNSATISFIED,
	STEP_COUNT
};

enum rating { RATING_SATISFIED, RATING_PARTLY, RATING_UNSATISFIED, RATING_COUNT };

/* Names on the wire and in the databases ("registered", "transfer", "unsatisfied" …), and back. */
const char *case_state_id(enum case_state s);
MUST_USE enum err case_state_parse(const char *id, enum case_state *s);
const char *case_step_id(enum case_step s);
MUST_USE enum err case_step_parse(const char *id, enum case_step *s);
const char *rating_id(enum rating r);
MUST_USE enum err rating_parse(const char *id, enum rating *r);

/* What the rules need to know of a case. */
struct case_facts {
	enum case_state state;
	bool extended;   /* in this round */
	bool consented;  /* the step carries the presidium's consent (for STEP_EXTEND) */
};

/* Gives the state after `step`, or ERR_STATE where the rules do not allow it. */
MUST_USE enum err case_step_apply(const struct case_facts *facts, enum case_step step, enum case_state *next);

/* Days and months of the room's rules; the site settings may change each. */
struct case_rules {
	int transfer_days;   /* to the government within: 15 */
	int answer_months;   /* answered within: 3 */
	int extend_months;   /* extended once by at most: 1 */
};

/* The dates that count, in this round: `from` is the day of filing or of the redo. */
struct civil_date case_transfer_due(struct civil_date from, const struct case_rules *rules);
struct civil_date case_answer_due(struct civil_date from, bool extended, const struct case_rules *rules);

/* How what must be done by the end of the day `due` stands on the day `today`: amber in the last CASE_SOON_DAYS days before
 * it and on the day itself, red from the day after. CASE_NO_LIGHT is for the caller, where nothing is due. */
enum { CASE_SOON_DAYS = 3 };
enum case_light { CASE_GREEN, CASE_AMBER, CASE_RED, CASE_NO_LIGHT };
enum case_light case_light(struct civil_date due, struct civil_date today);

#endif
