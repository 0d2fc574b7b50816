/* case_page.h: the parts of a case's page; case.c draws it, case_forms.c what may be done to it. */
#ifndef TOWNSHIP_WEB_CASE_PAGE_H
#define TOWNSHIP_WEB_CASE_PAGE_H

#include "township/web/web.h"

/* The page of the case in the address, with what was wrong on top (NULL: nothing). Takes the town's lock itself. */
void case_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy);

/* A form for each step that the rules allow now; what was typed in the one that failed is still there. `c` is the opened
 * case. */
void case_step_forms(struct html *h, const struct request *rq, const json_t *c);

/* Which village it is about, as the office knows better than the words do. */
void case_village_form(struct html *h, const struct request *rq, const struct town_case *c);

#endif
