/* evaluations.h: what the office does with evaluations (述职评议, 站所评议): a poll is planned, opened, its paper ballots are
 * counted by one person and confirmed by another, and then its result stands for good. Everything here begins its own
 * transaction and wants the town's lock held; `refusal` is as in proposals.h. */
#ifndef TOWNSHIP_EVALUATIONS_H
#define TOWNSHIP_EVALUATIONS_H

#include "township/refusal.h"
#include "township/store_evaluations.h"
#include "township/town.h"

/* What was typed; borrowed, none is NULL. */
struct evaluation_draft {
	const char *kind;
	const char *deputy;            /* id or name, of a deputy's report */
	const char *office;            /* of a government office's evaluation */
	const char *title;             /* "": made of the subject */
	const char *day, *place;
};
/* Plans one (`id` ""), or changes one that was not counted yet; an open one keeps its subject. `made` gets the id. */
MUST_USE enum err evaluation_save(struct town *town, const char *id, const struct evaluation_draft *draft, const char *user,
                                  char made[UUID_SIZE], struct refusal *refusal);
/* A draft is opened; nothing of its subject changes from then on. */
MUST_USE enum err evaluation_begin(struct town *town, const char *id, const char *user, struct refusal *refusal);
/* Takes a draft back for good. */
MUST_USE enum err evaluation_drop(struct town *town, const char *id, const char *user, struct refusal *refusal);

struct count_draft {
	const char *handed_out, *returned, *satisfied, *basically, *unsatisfied, *invalid; /* whole numbers as typed */
	const char *comments;                                                             /* what the ballots said, summed up */
};
/* The paper ballots of an open one, or once more by the one who counted them, as long as nobody has confirmed. */
MUST_USE enum err evaluation_count(struct town *town, const char *id, const struct count_draft *draft, const char *user,
                                   struct refusal *refusal);
/* By another person than the one who counted; the result is closed. `counted_ms` is that of the count which they saw. */
MUST_USE enum err evaluation_confirm(struct town *town, const char *id, int64_t counted_ms, const char *user,
                                     struct refusal *refusal);
/* Instead of confirming: it is to be counted again, by whomever. */
MUST_USE enum err evaluation_recount(struct town *town, const char *id, const char *reason, const char *user,
                                     struct refusal *refusal);

/* Beside a closed result: "correction", with its reason; or "put_right" of a poor one, on that day. */
MUST_USE enum err evaluation_note(struct town *town, const char *id, const char *kind, const char *day, const char *text,
                                  const char *user, struct refusal *refusal);

#endif
