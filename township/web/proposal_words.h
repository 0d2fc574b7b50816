/* proposal_words.h: what kinds, states and steps of deputies' proposals are called on pages and papers. */
#ifndef TOWNSHIP_WEB_PROPOSAL_WORDS_H
#define TOWNSHIP_WEB_PROPOSAL_WORDS_H

#include "township/refusal.h"
#include "township/web/web.h"

/* From the names of proposal.h; the name itself where it is unknown. */
const char *proposal_kind_word(const char *id);
const char *proposal_state_word(const char *id);
/* A line of the timeline: "登记", "交办", "当面沟通", "书面答复", "代表评价：满意" … */
const char *proposal_step_word(const char *id);

/* For select boxes; each ends with a NULL value, the first stands for all (proposal_kinds + 1: without it). */
extern const struct web_option proposal_kinds[], proposal_states[];

/* The congress's name as it is or, where there is none, 闭会期间. */
const char *proposal_congress_word(const json_t *proposal);

/* The timeline: who did what on which day, and who entered it, where that is told. */
void proposal_timeline(struct html *h, const json_t *proposal);

/* The status that fits a refusal. */
unsigned refused_status(const struct refusal *refusal);

#endif
