/* store_evaluations.h: the store's part on evaluations: polls about deputies' reports and government offices. */
#ifndef TOWNSHIP_STORE_EVALUATIONS_H
#define TOWNSHIP_STORE_EVALUATIONS_H

#include "model/evaluation.h"
#include "township/store.h"

enum {
	EVALUATION_TITLE_MAX_CHARS = 60,
	EVALUATION_TITLE_SIZE = EVALUATION_TITLE_MAX_CHARS * 4 + 1,
	EVALUATION_COMMENTS_MAX_CHARS = 4000,
	EVALUATION_COMMENTS_SIZE = EVALUATION_COMMENTS_MAX_CHARS * 4 + 1
};

struct town_evaluation {
	char id[UUID_SIZE];
	enum evaluation_kind kind;
	char deputy[REPORT_ID_SIZE]; /* of EVALUATION_DEPUTY, else "" */
	char office[TOWN_NAME_SIZE]; /* of EVALUATION_OFFICE, else "" */
	char title[EVALUATION_TITLE_SIZE];
	char day[TOWN_DATE_SIZE];
	char place[TOWN_NAME_SIZE];
	enum evaluation_state state;
	int min_voters; /* as it was when the ballots were counted */
	struct ballots ballots;
	char counted_by[64], confirmed_by[64];
	int64_t counted_ms, confirmed_ms;
	bool poor;
	char created_by[64];
	int64_t created_ms;
};
MUST_USE enum err town_evaluation_add(struct town_store *store, const struct town_evaluation *evaluation);
MUST_USE enum err town_evaluation_get(struct town_store *store, const char *id, struct town_evaluation *evaluation);
/* All but who created it and when; `comments` NULL: as they were. ERR_INVALID: it is closed, and stays as it is. */
MUST_USE enum err town_evaluation_update(struct town_store *store, const struct town_evaluation *evaluation,
                                         const char *comments);
/* Takes a draft back. ERR_STATE: it is none any more. */
MUST_USE enum err town_evaluation_drop(struct town_store *store, const char *id);

struct town_evaluation_filter {
	const char *kind, *state, *deputy; /* NULL: any */
	const char *year;                  /* "2026"; NULL: any */
	const char *q;                     /* in title, office, deputy's name; NULL: any */
	bool follow_up;                    /* closed, poor, and not put right yet */
	const char *before_day, *before_id; /* NULL: from the newest; else before this one of the page before */
	int limit;
};
/* The newest first: [{"id","kind","deputy","deputy_name","office","title","day","place","state","min_voters","handed_out",
 * "returned","satisfied","basically","unsatisfied","invalid","counted_by","counted","confirmed_by","confirmed","poor",
 * "put_right","created_by","created"}]; put_right is how often that was written down. */
MUST_USE enum err town_evaluations_json(struct town_store *store, const struct town_evaluation_filter *filter, json_t **list,
                                        bool *more);
/* How many wait for a second person's confirmation, and how many are poor and not put right yet. */
MUST_USE enum err town_evaluations_waiting(struct town_store *store, int64_t *to_confirm, int64_t *to_put_right);
/* The same of one, and "comments", "notes" [{"kind","day","text","user","at"}]. */
MUST_USE enum err town_evaluation_json(struct town_store *store, const char *id, json_t **evaluation);

/* `kind` is "sent_back" (a count, with why), or what stands beside a closed result: "correction" or "put_right". */
MUST_USE enum err town_evaluation_note_add(struct town_store *store, const char *id, const char *kind, const char *day,
                                           const char *text, const char *user, int64_t at_ms);

#endif
