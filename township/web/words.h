/* words.h: what the states, kinds and steps of a case are called on the office's pages and papers. */
#ifndef TOWNSHIP_WEB_WORDS_H
#define TOWNSHIP_WEB_WORDS_H

#include "township/web/web.h"

/* From the names on the wire; the name itself where it is unknown. Static, or borrowed from `id`. */
const char *word_state(const char *id);
const char *word_kind(const char *id);
const char *word_subject(const char *id);
const char *word_rating(const char *id);
/* A line of the timeline: "交办", "答复", "重新办理" … */
const char *word_step(const char *id);
const char *word_level(const char *id);

/* For select boxes; each ends with a NULL value, the first stands for all. */
extern const struct web_option word_states[], word_kinds[];
/* The subjects that kiosks have by default, as [{"id","name"}]: a new reference. */
json_t *word_subjects(void);

/* How many days are left, as a badge: "还有 12 天", "今天到期", "超期 3 天"; nothing due: "—". `light` is "green", "amber", "red" or "". */
void word_due(struct html *h, const char *light, int64_t days_left);

/* The same for a date ("2026-11-24") as it stands today; "" is nothing due. */
void word_due_date(struct html *h, const char *due);

#endif
