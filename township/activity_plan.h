/* activity_plan.h: an activity from the plan to the wall: drafted, published with its notice checked, changed, called off;
 * and what is said of it afterwards: corrections, leave, minutes, photographs. Each under the town's lock, in a transaction
 * of its own, with its audit link. */
#ifndef TOWNSHIP_ACTIVITY_PLAN_H
#define TOWNSHIP_ACTIVITY_PLAN_H

#include "township/attendance.h"
#include "township/store_activity_papers.h"

/* Why something was not done, in Chinese for the person. Each function gives ERR_INVALID (something is missing or wrong),
 * ERR_STATE (the rules do not allow it now), ERR_DENIED (not this person) or ERR_NOT_FOUND with this filled in; other errors
 * are the store's. */
struct plan_refusal {
	char what[512], remedy[384];
};

/* Fills it in, and gives `e`. */
MUST_USE enum err plan_refuse(struct plan_refusal *why, enum err e, const char *what, const char *remedy);

/* A new plan's id, "a-" and 16 hex digits. */
void plan_new_id(char id[REPORT_ID_SIZE]);
/* Title, times and numbers. */
MUST_USE enum err plan_check(const struct activity *a, struct plan_refusal *why);
MUST_USE enum err plan_save(struct town *town, const struct town_plan *plan, const char *user, struct plan_refusal *why);
/* Throws a plan away; what is published is called off instead. */
MUST_USE enum err plan_drop(struct town *town, const char *id, const char *user, struct plan_refusal *why);
/* Publishes the plan, or the changed activity again. Too late by the notice rules: only by the head of the office, with a
 * reason. */
MUST_USE enum err plan_publish(struct town *town, const struct town_plan *plan, const char *user, bool head,
                               const char *late_reason, struct plan_refusal *why);
MUST_USE enum err plan_cancel(struct town *town, const char *id, const char *user, struct plan_refusal *why);

/* ---- afterwards (activity_papers.c) ---- */

/* Leave, as leave_decide, with its audit link. */
MUST_USE enum err leave_decided(struct town *town, const char *activity, const char *deputy, enum leave_state state,
                                enum leave_reason reason, const char *user, struct town_leave *leave);
/* What the deputy's attendance counts as ("recorded": as it was at the door), with a reason. */
MUST_USE enum err attendance_correct(struct town *town, const char *activity, const char *deputy, const char *counts,
                                     const char *reason, const char *user, struct plan_refusal *why);
MUST_USE enum err minutes_save(struct town *town, const char *activity, const char *text, const char *recorder, bool final,
                               const char *user, struct plan_refusal *why);
MUST_USE enum err minutes_add(struct town *town, const char *activity, const char *text, const char *user,
                              struct plan_refusal *why);

enum { PHOTOS_MAX = 60 };
/* The picture is made ready already: turned, scaled, without what the camera wrote into it. */
MUST_USE enum err photo_keep(struct town *town, struct town_photo *photo, const char *user, struct plan_refusal *why);
MUST_USE enum err photo_caption(struct town *town, const char *activity, const char *id, const char *caption,
                                const char *user, struct plan_refusal *why);
MUST_USE enum err photo_remove(struct town *town, const char *activity, const char *id, const char *reason,
                               const char *user, struct plan_refusal *why);

#endif
