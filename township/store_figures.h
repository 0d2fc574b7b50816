/* store_figures.h: the store's part on figures: sums over a span of time, by the clock that is trusted (a report's own where
 * it was right, else when it came in). */
#ifndef TOWNSHIP_STORE_FIGURES_H
#define TOWNSHIP_STORE_FIGURES_H

#include "model/activity.h"
#include "township/store.h"

/* Cases that came in from `from_ms` up to before `until_ms`. */
struct town_span {
	int64_t from_ms, until_ms;
	const char *today; /* the room's date, for what is late */
};

enum town_figure_by { TOWN_BY_SUBJECT, TOWN_BY_VILLAGE, TOWN_BY_MONTH, TOWN_BY_KIND, TOWN_BY_DEPUTY };
/* [{"key","received","answered","closed","late","redo","satisfied","partly","unsatisfied"}]: key is the subject's id, the
 * village ("" unknown), "01" to "12", the kind's id, or the deputy's name (who has the case, else whom the voter chose; ""
 * nobody). By month in order, else the most first. The ratings are the last round's. */
MUST_USE enum err town_figures_cases(struct town_store *store, const struct town_span *span, enum town_figure_by by,
                                     json_t **rows);
/* How many days from coming in to the first answer, one number a case that was answered, ascending; the caller's to free. */
MUST_USE enum err town_figures_answer_days(struct town_store *store, const struct town_span *span, int **days,
                                           size_t *count);
/* How many activities of each kind were over by `now_ms`, by the quarter in which they began; cancelled ones are none. */
MUST_USE enum err town_figures_held(struct town_store *store, int year, int64_t now_ms,
                                    int held[4][ACTIVITY_KIND_COUNT]);
/* [{"group","members","activities"}] in the order in which they were founded: activities of kind "group" to which half of the group or more was invited. */
MUST_USE enum err town_figures_groups(struct town_store *store, int year, int64_t now_ms, json_t **rows);

#endif
