/* proposals.h: what the office does with deputies' proposals and congresses. Everything here begins its own transaction and
 * wants the town's lock held. Where a person can put it right, `refusal` says what was wrong and what to do; otherwise its e is
 * ERR_OK and the result tells. */
#ifndef TOWNSHIP_PROPOSALS_H
#define TOWNSHIP_PROPOSALS_H

#include "township/refusal.h"
#include "township/store_proposals.h"
#include "township/town.h"

/* What was typed; borrowed, none is NULL. */
struct congress_draft {
	const char *name, *opens, *closes, *motion_deadline; /* dates; the deadline "" for none */
};
/* Adds a congress (`id` ""), or changes one; what waits for its transfer counts anew from a changed close. `made` gets the id. */
MUST_USE enum err congress_save(struct town *town, const char *id, const struct congress_draft *draft, const char *user,
                                char made[UUID_SIZE], struct refusal *refusal);

struct proposal_draft {
	const char *kind, *title, *text;
	const char *author;    /* id or name */
	const char *cosigners; /* ids or names in order, apart by line breaks, commas, 、 or ; */
	const char *filed;     /* date */
	const char *congress;  /* id, "" between congresses */
};
/* Takes a proposal in. `made` gets its id. */
MUST_USE enum err proposal_file(struct town *town, const struct proposal_draft *draft, const char *user,
                                char made[UUID_SIZE], struct refusal *refusal);
/* Other words, another author or other co-signers (the draft's other members are not looked at), as long as it was not passed
 * on; the timeline keeps what was there before. */
MUST_USE enum err proposal_amend(struct town *town, const char *id, const struct proposal_draft *draft, const char *user,
                                 struct refusal *refusal);

/* What the office asks for; "" where a step has no use for it, none is NULL. */
struct proposal_order {
	const char *step;   /* proposal_step_id; a rating is what the author gave on paper */
	const char *day;    /* when it was done; "" today */
	const char *office; /* transfer: to whom */
	const char *who;    /* extend: who consented; talk: who spoke with the author; answer: who answers ("" the office) */
	const char *due;    /* extend: the new date; "" the latest that may be */
	const char *text;   /* the talk, the answer, the reason */
	const char *user;   /* the account */
};
MUST_USE enum err proposal_step_do(struct town *town, const char *id, const struct proposal_order *order,
                                   struct refusal *refusal);

/* The author rates the answer on their own page: ERR_DENIED unless `deputy` is the author. `reason` may be "" unless it is
 * RATING_UNSATISFIED. */
MUST_USE enum err proposal_rate(struct town *town, const char *id, const char *deputy, enum rating rating,
                                const char *reason, const char *user, struct refusal *refusal);

/* One with all that is known (town_proposal_json), and "allowed" (steps' names, ratings among them), "latest" (how far it may
 * be extended, "" when it may not), "label" (建议第12号), "light" ("green", "amber", "red", ""). */
MUST_USE enum err proposal_open(struct town *town, const char *id, json_t **proposal);
/* The same for a deputy: ERR_NOT_FOUND unless they wrote or signed it. Without "allowed" and the office's account names;
 * "mine" says whether they are the author, "may_rate" whether they are asked to rate now. */
MUST_USE enum err proposal_open_for(struct town *town, const char *id, const char *deputy, json_t **proposal);
/* A deputy's proposals, the newest first, at most 200: rows of town_proposals_json with "label", "mine", "may_rate". */
MUST_USE enum err proposals_of(struct town *town, const char *deputy, json_t **list);

/* Gives each row of a list its "label" and "light". */
MUST_USE enum err proposals_mark(json_t *list, const char *today);

/* Typed text without blanks at its ends (NULL is ""), cleaned as utf8_clean does; the shared reader of this and of
 * evaluations.h. */
MUST_USE enum err proposal_clean(const char *typed, bool lines, size_t max_chars, char *out, size_t size);

#endif
