/* activity_words.h: how the pages speak of activities, leave and attendance. Ids are as the store has them. */
#ifndef TOWNSHIP_WEB_ACTIVITY_WORDS_H
#define TOWNSHIP_WEB_ACTIVITY_WORDS_H

#include "township/activity_plan.h"
#include "township/web/web.h"

/* Kinds, timings, ways of signing in, reasons and states of leave, outcomes and flags by their ids; the id itself where it
 * is not known. */
const char *kind_zh(const char *kind);
const char *timing_zh(const char *timing);
const char *sign_by_zh(const char *by);
const char *leave_reason_zh(const char *reason);
const char *leave_state_zh(const char *state);
const char *outcome_zh(const char *outcome);
const char *flag_zh(const char *what);
/* For web_select. */
extern const struct web_option kind_options[], leave_reason_options[], outcome_options[];

enum { SPAN_SIZE = 128 };
/* "2026-11-24 周二 09:00–11:30", with the second date where it is another. */
const char *span_zh(int64_t starts_ms, int64_t ends_ms, char out[SPAN_SIZE]);
/* "11:30" */
const char *clock_zh(int64_t ms, char out[24]);

/* Addresses fit for a link: "/activities/ID" with `rest` ("" or "/edit"), and "/activities/ID/people/DEPUTY". */
enum { ACTIVITY_PATH_SIZE = 512 };
const char *activity_path(const char *id, const char *rest, char out[ACTIVITY_PATH_SIZE]);
const char *person_path(const char *activity, const char *deputy, char out[ACTIVITY_PATH_SIZE]);

/* The status of a page that says why something was not done. */
unsigned refusal_status(enum err e);

/* The activity's page again, with what was wrong (NULL: nothing). */
void show_activity(struct request *rq, struct reply *rp, const char *id, unsigned status, const struct plan_refusal *why);
/* A field without control characters (line breaks kept with `lines`) and blanks at its end. ERR_TOO_LONG */
MUST_USE enum err form_text(const struct request *rq, const char *name, bool lines, char *out, size_t size);

/* What somebody counts as, with the correction beside the record: one of the list of town_activity_people_json. `ended`:
 * nobody who did not come is absent before. */
const char *person_outcome(const json_t *person, bool ended);
void put_outcome(struct html *h, const json_t *person, bool ended);
/* Two buttons that decide on leave; `back` is where it goes on: "leaves", or "activity". */
void put_leave_buttons(struct html *h, const struct request *rq, const char *activity, const char *deputy,
                       const char *back);
/* "09:02 准时 身份证 大厅一号机", or nothing. */
void put_record(struct html *h, const json_t *person);

#endif
