/* proposal.h: what a deputy hands in (建议、批评、意见, 议案) and its way through the government: the rules, without I/O.
 * It goes the way of a report (case.h), with what is a deputies' paper's own on top of it:
 *
 *   FILED ── transfer ──► TRANSFERRED ── answer, once the talk with the author is recorded ──► ANSWERED
 *     │ convert: a motion     │ extend once, with the presidium's consent                        │ the author rates it
 *     │ becomes a suggestion  │ talk                                                             │
 *     │                       │               REDO ◄── unsatisfied: a new round ─────────────────┤
 *     │ withdraw              │ withdraw       │ transfer, talk, withdraw                        └─► CLOSED
 *     └──────────────────► WITHDRAWN ◄─────────┘
 */
#ifndef MODEL_PROPOSAL_H
#define MODEL_PROPOSAL_H

#include "model/case.h"

enum {
	PROPOSAL_TITLE_MAX_CHARS = 60,
	PROPOSAL_TITLE_SIZE = PROPOSAL_TITLE_MAX_CHARS * 4 + 1,
	PROPOSAL_TEXT_MAX_CHARS = 8000,
	PROPOSAL_TEXT_SIZE = PROPOSAL_TEXT_MAX_CHARS * 4 + 1,
	PROPOSAL_SIGNERS_MAX = 200, /* the author among them */
	PROPOSAL_NUMBER_SIZE = 40,
};

enum proposal_kind { PROPOSAL_SUGGESTION, PROPOSAL_CRITICISM, PROPOSAL_OPINION, PROPOSAL_MOTION, PROPOSAL_KIND_COUNT };

enum proposal_state {
	PROPOSAL_FILED,
	PROPOSAL_TRANSFERRED,
	PROPOSAL_ANSWERED,
	PROPOSAL_REDO,
	PROPOSAL_CLOSED,
	PROPOSAL_WITHDRAWN,
	PROPOSAL_STATE_COUNT
};

enum proposal_step {
	PROPOSAL_CONVERT,
	PROPOSAL_TRANSFER,
	PROPOSAL_EXTEND,
	PROPOSAL_TALK,
	PROPOSAL_ANSWER,
	PROPOSAL_SATISFIED,
	PROPOSAL_PARTLY,
	PROPOSAL_UNSATISFIED,
	PROPOSAL_WITHDRAW,
	PROPOSAL_STEP_COUNT
};

/* The names in the database and in addresses: "suggestion" … "motion"; "filed" … "withdrawn"; "convert" … "withdraw". */
const char *proposal_kind_id(enum proposal_kind kind);
MUST_USE enum err proposal_kind_parse(const char *id, enum proposal_kind *kind);
const char *proposal_state_id(enum proposal_state state);
MUST_USE enum err proposal_state_parse(const char *id, enum proposal_state *state);
const char *proposal_step_id(enum proposal_step step);
MUST_USE enum err proposal_step_parse(const char *id, enum proposal_step *step);

/* 建议第12号, 议案第3号: suggestions, criticisms and opinions are counted together, motions apart. */
void proposal_number_text(bool motion, int number, char out[PROPOSAL_NUMBER_SIZE]);

struct proposal_facts {
	enum proposal_kind kind;
	enum proposal_state state;
	bool extended;  /* in this round */
	bool talked;    /* in this round */
	bool consented; /* the step carries the presidium's consent */
};
/* Gives the state after `step`, or ERR_STATE where the rules do not allow it. */
MUST_USE enum err proposal_step_apply(const struct proposal_facts *facts, enum proposal_step step,
                                      enum proposal_state *next);

struct proposal_rules {
	int motion_signatories; /* a motion needs at least so many deputies, the author among them: 5 */
};
struct proposal_rules proposal_rules_default(void);

struct congress_dates {
	struct civil_date opens, closes, motion_deadline;
	bool has_deadline;
};
/* Whether a congress may have these dates: closes not before it opens, its deadline not after its close. */
bool congress_dates_fit(const struct congress_dates *congress);

enum proposal_fault {
	PROPOSAL_FITS,
	PROPOSAL_TOO_FEW,        /* a motion with fewer signatories than it needs */
	PROPOSAL_NO_CONGRESS,    /* a motion is made to a congress */
	PROPOSAL_MOTION_LATE,    /* filed after the congress's deadline for motions */
	PROPOSAL_AFTER_CONGRESS, /* filed after the congress's close: it is one between congresses */
	PROPOSAL_AHEAD,          /* filed after today */
};
/* Whether it may be filed; `congress` NULL: between congresses. */
enum proposal_fault proposal_check(enum proposal_kind kind, size_t signatories, struct civil_date filed,
                                   struct civil_date today, const struct congress_dates *congress,
                                   const struct proposal_rules *rules);

/* The day from which a first round's transfer is counted: the congress's close, or the filing between congresses. */
struct civil_date proposal_counts_from(struct civil_date filed, const struct congress_dates *congress);

#endif
