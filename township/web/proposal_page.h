/* proposal_page.h: parts that the pages of proposals and evaluations share. */
#ifndef TOWNSHIP_WEB_PROPOSAL_PAGE_H
#define TOWNSHIP_WEB_PROPOSAL_PAGE_H

#include "township/refusal.h"
#include "township/web/web.h"

/* The datalist "deputies", which a web_input can name: the roster's names to choose from (town_deputies_to_choose). */
void web_deputy_list(struct html *h, const json_t *deputies);

/* The page of the proposal in the address, with what was refused on top (NULL: nothing). */
void proposal_page(struct request *rq, struct reply *rp, const struct refusal *refusal);
/* A form for each step that the rules allow now; what was typed in the one that was refused is still there. */
void proposal_step_forms(struct html *h, const struct request *rq, const json_t *proposal);

#endif
