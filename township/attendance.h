/* attendance.h: what happens around activities: they are published, deputies sign in and ask for leave, cards are issued,
 * and what is odd is flagged. All of it inside the caller's transaction, under the town's lock, unless said otherwise. */
#ifndef TOWNSHIP_ATTENDANCE_H
#define TOWNSHIP_ATTENDANCE_H

#include "model/activity_csv.h"
#include "township/store_attendance.h"
#include "township/town.h"

/* ---- activities (activities.c) ---- */

/* Keeps the activity with its whole list, puts it into the stream, and notes when that was, whether the notice was kept, and
 * which audit link holds it. Published already and just so: nothing. `who` is as in the audit chain ("user:NAME",
 * "operator"); `late_reason`: why it goes out late, NULL for none. Whether it may is the caller's to ask (activity_plan.h). */
MUST_USE enum err activity_publish(struct town *town, const struct activity *a, const struct town_invitees *list,
                                   const char *who, const char *late_reason);
MUST_USE enum err activity_cancel(struct town *town, struct activity *a, const char *who);
/* Adds whom `who` means to the list. ERR_NOT_FOUND: nobody; ERR_EXISTS: several are called so. */
MUST_USE enum err activity_invite(struct town *town, const struct activity_who *who, struct town_invitees *list);
/* "all", a level, a group's name, or a deputy's name or id, as somebody wrote it. */
struct activity_who activity_who_of(const char *name, const char *seat);
/* Takes in a whole file, or nothing; see publish.h. Begins its own transaction. */
MUST_USE enum err import_activities(struct town *town, const char *path, size_t *count, char problem[512]);

/* ---- what kiosks say (attendance.c); a reason is a refusal, as in cases.h ---- */

MUST_USE enum err attendance_signed_in(struct town *town, const struct event_head *head, json_t *data,
                                       const char **reason);
MUST_USE enum err attendance_repeated(struct town *town, const struct event_head *head, json_t *data,
                                      const char **reason);
MUST_USE enum err attendance_signed_out(struct town *town, const struct event_head *head, json_t *data,
                                        const char **reason);
MUST_USE enum err leave_asked(struct town *town, const struct event_head *head, json_t *data,
                              const char **reason);
MUST_USE enum err credential_odd(struct town *town, const struct event_head *head, json_t *data,
                                 const char **reason);

/* ---- what others do (attendance.c) ---- */

/* How a deputy stands to an activity. */
struct attendance_standing {
	struct attendance_facts facts;
	bool listed;
	char seat[ACTIVITY_SEAT_SIZE];
	struct town_sign_in in;  /* when signed in */
	int64_t out_ms;          /* when signed out */
	enum leave_state leave;
};
MUST_USE enum err attendance_standing(struct town *town, const char *activity, const char *deputy,
                                      struct attendance_standing *standing);
/* What a deputy's own phone says at `now_ms`, by the rules of attendance_presented: recorded when it is a sign-in or a
 * sign-out. `kiosk` is whose code was read. *standing is how it is afterwards. */
MUST_USE enum err attendance_by_phone(struct town *town, const struct activity *a, const char *deputy, const char *kiosk,
                                      int64_t now_ms, enum presented *what, struct attendance_standing *standing);
/* A deputy asks for leave on their own page, with its audit link; inside the caller's transaction. ERR_STATE: it cannot be asked for
 * (any more), or was; ERR_NOT_FOUND: no such activity, or not on its list. */
MUST_USE enum err leave_ask(struct town *town, const char *activity, const char *deputy, enum leave_reason reason,
                            const char *user);
/* The office decides: LEAVE_GRANTED (also of leave that was asked for by word of mouth: with `reason`) or
 * LEAVE_REFUSED. ERR_NOT_FOUND: nothing was asked for that could be refused, or no such activity. */
MUST_USE enum err leave_decide(struct town *town, const char *activity, const char *deputy, enum leave_state state,
                               enum leave_reason reason, const char *user, struct town_leave *leave);

/* ---- cards (cards.c) ---- */

enum { CARD_DAYS_DEFAULT = 1825, CARD_DAYS_MAX = 3650 };

/* Issues the deputy's next card, good for `days`; `text` is its token. */
MUST_USE enum err card_issue(struct town *town, const char *deputy, int days, const char *user,
                             struct card_token *card, char text[CARD_TOKEN_SIZE]);
/* The token of a card that was issued, made once more to be printed. ERR_NOT_FOUND: there is no such card. */
MUST_USE enum err card_again(struct town *town, const char *deputy, uint32_t issue, struct card_token *card,
                             char text[CARD_TOKEN_SIZE]);
/* Whatever was issued up to now is reported lost; saying so twice is once. ERR_STATE: the deputy has no card. */
MUST_USE enum err card_report_lost(struct town *town, const char *deputy, const char *user, struct card_state *state);

#endif
