/* store_proposals.h: the store's part on congresses and deputies' proposals. */
#ifndef TOWNSHIP_STORE_PROPOSALS_H
#define TOWNSHIP_STORE_PROPOSALS_H

#include "model/proposal.h"
#include "township/store.h"

/* ---- congresses ---- */

struct town_congress {
	char id[UUID_SIZE];
	char name[TOWN_NAME_SIZE];
	char opens[TOWN_DATE_SIZE], closes[TOWN_DATE_SIZE];
	char motion_deadline[TOWN_DATE_SIZE]; /* "" for none */
};
/* Adds it, or changes the one of that id. ERR_EXISTS: another has this name. */
MUST_USE enum err town_congress_put(struct town_store *store, const struct town_congress *congress, int64_t now_ms);
MUST_USE enum err town_congress_get(struct town_store *store, const char *id, struct town_congress *congress);
/* The newest first: [{"id","name","opens","closes","motion_deadline","proposals","motions","waiting"}]; waiting: those neither
 * closed nor withdrawn. */
MUST_USE enum err town_congresses_json(struct town_store *store, json_t **list);

/* ---- proposals ---- */

struct town_proposal {
	char id[UUID_SIZE];
	enum proposal_kind kind;
	char title[PROPOSAL_TITLE_SIZE];
	char author[REPORT_ID_SIZE];
	char filed[TOWN_DATE_SIZE];
	char congress[UUID_SIZE];   /* "": between congresses */
	char scope[UUID_SIZE];      /* the congress, or the year of filing */
	int number, motion_number;  /* 0 for none */
	enum proposal_state state;
	int round;
	bool extended, talked;      /* in this round */
	char office[TOWN_NAME_SIZE];
	char since[TOWN_DATE_SIZE], transferred[TOWN_DATE_SIZE], due[TOWN_DATE_SIZE]; /* "" for none */
	char rating[16];            /* the last, "" for none */
	int64_t created_ms, updated_ms;
};
/* The next number of the scope, among the motions or among the suggestions, criticisms and opinions. */
MUST_USE enum err town_proposal_next_number(struct town_store *store, const char *scope, bool motion, int *number);
/* `signers` are deputies' ids in order, without the author. */
MUST_USE enum err town_proposal_add(struct town_store *store, const struct town_proposal *p, const char *text,
                                    const char (*signers)[REPORT_ID_SIZE], size_t signer_count);
MUST_USE enum err town_proposal_get(struct town_store *store, const char *id, struct town_proposal *p);
/* All but id, author, filing and congress. */
MUST_USE enum err town_proposal_update(struct town_store *store, const struct town_proposal *p);
/* Another title, text, author and co-signers in the place of what was entered. */
MUST_USE enum err town_proposal_reword(struct town_store *store, const struct town_proposal *p, const char *text,
                                       const char (*signers)[REPORT_ID_SIZE], size_t signer_count);
/* Whether the deputy is its author or signed it. ERR_NOT_FOUND: no such proposal. */
MUST_USE enum err town_proposal_signed_by(struct town_store *store, const char *id, const char *deputy, bool *is);
/* How many signed it, the author among them. */
MUST_USE enum err town_proposal_signatories(struct town_store *store, const char *id, int *count);

/* One with all that is known: the list's members (below), and "text", "since", "transferred", "extended", "talked",
 * "signers" [{"id","name","as"}] without the author, "author_as" (as: the name, or the id where several have this name), "steps" [{"step","round","day","at","user","who","due","note"}]. */
MUST_USE enum err town_proposal_json(struct town_store *store, const char *id, json_t **proposal);

struct town_proposal_filter {
	const char *kind, *state;    /* NULL: any */
	const char *open;            /* "1": neither closed nor withdrawn; NULL: any */
	const char *congress;        /* NULL: any; "": between congresses */
	const char *deputy;          /* who wrote or signed it; NULL: any */
	const char *year;            /* of filing, "2026"; NULL: any */
	const char *q;               /* in title, office, author's name, and the number ("12"); NULL: any */
	const char *due_before;      /* due before this date; NULL: whatever is due */
	bool by_due;                 /* what is due first first, not the newest; then there are no further pages */
	int64_t before_ms;           /* 0: from the newest; else entered before this one of the page before */
	const char *before_id;
	int limit;
};
/* The newest first: [{"id","kind","title","author","author_name","filed","congress","congress_name","number",
 * "motion_number","state","round","office","due","rating","signatories","created","updated"}]. */
MUST_USE enum err town_proposals_json(struct town_store *store, const struct town_proposal_filter *filter, json_t **list,
                                      bool *more);
/* Those of a congress (NULL: of all and between, "": between), counted: {"total","motions","filed","transferred",
 * "answered","redo","closed","withdrawn","satisfied","partly","unsatisfied","talked","overdue","soon"}. The ratings are the
 * last of each; talked: those with a talk in any round; overdue: due before `today`; soon: due on one of the days from
 * `today` up to `until`. */
MUST_USE enum err town_proposal_counts_json(struct town_store *store, const char *congress, const char *today,
                                            const char *until, json_t **counts);
/* Those who are deputies now, by the initials of their names, to choose from: [{"id","name","group","namesakes"}]; namesakes:
 * how many others have this name. At most 500: of more, names are typed. */
MUST_USE enum err town_deputies_to_choose(struct town_store *store, json_t **list);
/* Ids of the congress's proposals that wait for their first transfer: ["…"]. */
MUST_USE enum err town_proposals_to_transfer(struct town_store *store, const char *congress, json_t **ids);

struct town_proposal_step {
	int round;
	const char *step, *day, *user, *who, *due, *note; /* borrowed; due "" for none */
	int64_t at_ms;
};
/* The day of the last step that led it on (handed in, passed on, answered, sent back); `with_talks`: talks too. */
MUST_USE enum err town_proposal_last_day(struct town_store *store, const char *id, bool with_talks, char day[TOWN_DATE_SIZE]);
MUST_USE enum err town_proposal_step_add(struct town_store *store, const char *id, const struct town_proposal_step *step);

#endif
