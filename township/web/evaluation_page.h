/* evaluation_page.h: parts that the pages and the paper of an evaluation share. */
#ifndef TOWNSHIP_WEB_EVALUATION_PAGE_H
#define TOWNSHIP_WEB_EVALUATION_PAGE_H

#include "model/evaluation.h"
#include "township/refusal.h"
#include "township/web/web.h"

extern const struct web_option evaluation_kinds[]; /* the first stands for all; ends with a NULL value */

const char *evaluation_kind_word(const char *id);
const char *evaluation_state_word(const char *id);
/* Whom it is about: a deputy's name or an office's. Borrowed. */
const char *evaluation_subject(const json_t *evaluation);
struct ballots evaluation_ballots(const json_t *evaluation);
/* Closed with fewer valid ballots than it takes; how many that is. */
bool evaluation_is_short(const json_t *evaluation, int *min_voters);
/* "53.6 %" of the valid ballots. */
const char *evaluation_percent(const struct ballots *b, int part, char out[16]);

/* Kind, subject, day and place as rows of a <dl>. */
void evaluation_facts(struct html *h, const json_t *evaluation);
/* Bars, the numbers as a table, what is short or poor, and what the ballots said. */
void evaluation_result(struct html *h, const json_t *evaluation);
/* What stands beside it, by kind ("sent_back", "correction", "put_right"), under a heading; nothing where there is none. */
void evaluation_notes(struct html *h, const json_t *evaluation, const char *kind, const char *heading);

/* The fields of a plan, in the form whose action is given. */
void evaluation_form(struct html *h, const struct request *rq, const json_t *evaluation, const json_t *deputies,
                     const char *action, const char *button);
/* What may be done to it now, as forms. */
void evaluation_steps(struct html *h, const struct request *rq, const json_t *evaluation, const json_t *deputies);

#endif
