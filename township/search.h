/* search.h: full text over what voters wrote and the office answered.
 *
 * On disk all of it is sealed and stays so. The server opens each text once and keeps it in memory of its own: never
 * swapped where the system allows it, in no core dump, wiped when it is given back. A thread of its own fills it from the
 * store after the start; what comes in later is added as it comes. A lock of its own: finding never holds the town's. */
#ifndef TOWNSHIP_SEARCH_H
#define TOWNSHIP_SEARCH_H

#include "township/town.h"

struct search; /* opaque; town->search, NULL outside of the server */

/* Starts the thread. It also derives the village of cases from before that was done at intake. */
MUST_USE enum err search_start(struct town *town);
/* Ends the thread, wipes everything. Nothing when it was not started. */
void search_stop(struct town *town);

/* The words of a case that came in, to be called when it is committed; `text` is copied. */
void search_add(struct town *town, const char *case_id, const char *text, size_t len);
/* An answer was added to the case: its thread reads the case again. Call it under the town's lock, before or after the
 * commit. */
void search_again(struct town *town, const char *case_id);

struct search_progress {
	bool ready; /* everything that was in the store is in */
	int64_t done, total;
};
struct search_progress search_progress(const struct town *town);

/* The cases in which each of the words occurs, separated by blanks; letters in either case, full width as half. It takes the
 * town's lock by itself, for the audit link ("cases.searched", how many, never what was looked for). *hits is the caller's:
 * town_hits_clear. ERR_INVALID: no word; ERR_TOO_LONG: over 200 bytes or 8 words. */
MUST_USE enum err search_cases(struct town *town, const char *words, const char *user, struct town_hits *hits);
/* The same without the link: for tests and the bench. */
MUST_USE enum err search_find(struct town *town, const char *words, struct town_hits *hits);

#endif
