/* evaluation.h: what a poll says (述职评议 of a deputy, 站所评议 of a government office): the rules, without I/O. */
#ifndef MODEL_EVALUATION_H
#define MODEL_EVALUATION_H

#include <stdbool.h>

#include "model/err.h"

enum evaluation_kind { EVALUATION_DEPUTY, EVALUATION_OFFICE, EVALUATION_KIND_COUNT };

/* A draft becomes open, an open one counted, a counted one (by another person's word) closed; a counted one may be sent back
 * to be counted again. A closed one never changes. */
enum evaluation_state {
	EVALUATION_DRAFT,
	EVALUATION_OPEN,
	EVALUATION_COUNTED,
	EVALUATION_CLOSED,
	EVALUATION_STATE_COUNT
};

/* The names in the database: "deputy", "office"; "draft", "open", "counted", "closed". */
const char *evaluation_kind_id(enum evaluation_kind kind);
MUST_USE enum err evaluation_kind_parse(const char *id, enum evaluation_kind *kind);
const char *evaluation_state_id(enum evaluation_state state);
MUST_USE enum err evaluation_state_parse(const char *id, enum evaluation_state *state);

struct evaluation_rules {
	int min_voters; /* fewer valid ballots than that: the result is only an indication: 50 */
};
struct evaluation_rules evaluation_rules_default(void);

enum { BALLOTS_MAX = 100000 };
struct ballots {
	int handed_out, returned;
	int satisfied, basically, unsatisfied, invalid;
};

enum ballots_fault {
	BALLOTS_FIT,
	BALLOTS_RANGE,     /* a number below 0 or above BALLOTS_MAX */
	BALLOTS_RETURNED,  /* more returned than were handed out */
	BALLOTS_SUM,       /* the four do not add up to what was returned */
	BALLOTS_NONE       /* nothing was handed out */
};
enum ballots_fault ballots_check(const struct ballots *b);

/* Valid ballots: those that say something. */
int ballots_valid(const struct ballots *b);
bool ballots_short(const struct ballots *b, const struct evaluation_rules *rules);
/* Poor, and so to be put right and followed up: more than a third of the valid ballots are "unsatisfied". */
bool ballots_poor(const struct ballots *b);
/* `part` of the valid ballots in tenths of a percent, rounded; 0 when none is valid. */
int ballots_permille(const struct ballots *b, int part);

#endif
