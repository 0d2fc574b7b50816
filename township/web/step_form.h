/* step_form.h: what may be done next to a case or a proposal, each step a form that opens by its title; the one that came
 * back with something wrong is open, with what was typed in it. */
#ifndef TOWNSHIP_WEB_STEP_FORM_H
#define TOWNSHIP_WEB_STEP_FORM_H

#include "township/web/web.h"

/* Whether "allowed" of the opened case or proposal names the step. */
bool step_allowed(const json_t *object, const char *step);
/* What was typed in the field of that step's form when it came back, else `otherwise`. */
const char *step_typed(const struct request *rq, const char *step, const char *field, const char *otherwise);
void step_open(struct html *h, const struct request *rq, const char *action, const char *step, const char *title);
void step_close(struct html *h, const char *button);

#endif
