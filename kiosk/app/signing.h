/* signing.h: who holds up a card, and what comes of it.
 *
 *   card or code ──identify──► deputy ──one open activity──► DONE (signed in, already, signed out)
 *                     │           ├────several─────────────► CHOOSE ──a touch──► DONE
 *                     │           └────none, or wanted so──► SELF (own attendance, leave)
 *                     └──► PROBLEM: what is wrong, and what to do next
 * Identifying and recording happen on the worker; each card held up is a job of its own, so that none is lost while the result of
 * the one before still shows. */
#ifndef APP_SIGNING_H
#define APP_SIGNING_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store_attendance.h"
#include "ui/canvas.h"

struct app;
struct screen;
struct idcard;

enum signing_outcome { SIGNING_NONE, SIGNING_DONE, SIGNING_CHOOSE, SIGNING_SELF, SIGNING_PROBLEM };

enum signing_problem {
	PROBLEM_NOT_IN_ROSTER,  /* an ID card of somebody who is no deputy here */
	PROBLEM_PERMIT,         /* a residence permit of Hong Kong, Macao or Taiwan */
	PROBLEM_FOREIGNER,
	PROBLEM_ID_EXPIRED,
	PROBLEM_ID_EARLY,       /* valid only from a day to come */
	PROBLEM_CODE_DAMAGED,
	PROBLEM_CODE_OTHER,     /* another township's card */
	PROBLEM_CODE_NEWER,     /* of a newer kind than this program knows */
	PROBLEM_CODE_FORGED,
	PROBLEM_CODE_EXPIRED,
	PROBLEM_CODE_FUTURE,
	PROBLEM_CODE_REVOKED,   /* superseded, or reported lost: nobody is accused on the screen */
	PROBLEM_UNKNOWN_DEPUTY, /* a good card of somebody the roster here does not have yet */
	PROBLEM_NOT_ENROLLED,
	PROBLEM_NOT_KEPT,       /* the disk did not take it */
	PROBLEM_COUNT
};

enum { SIGNING_CHOICES = 6 };

struct signing {
	enum signing_outcome outcome;
	enum signing_problem problem;
	bool want_self;                 /* own attendance and leave were asked for, not signing in */
	char deputy[REPORT_ID_SIZE];
	enum sign_by by;
	uint32_t issue;
	struct activity_row activity;   /* SIGNING_DONE: the activity, with the present counts */
	struct sign_in_result result;
	struct activity_row choices[SIGNING_CHOICES];
	size_t choice_count;
	int64_t now_ms;                 /* the time it went by */
	bool clock_ok;
	struct deputy_activities year;  /* owned */
	struct attendance_sum sum;
	struct canvas portrait;         /* owned; pixels NULL when there is none */
	uint64_t portrait_key;
	size_t leave_row;               /* of `year`: what leave is being asked for */
	enum leave_reason leave_reason;
	bool leave_chosen, busy, leave_failed;
	int64_t until_ms;               /* monotonic: when the screen goes by itself */
	const struct screen *return_to; /* the quiet screen that was up before */
};

/* Frees what it owns; all is zero. */
void signing_clear(struct signing *s);

/* An ID card, or the code of a deputy's card, was held up while nobody's words are on the screen. */
void app_sign_in_card(struct app *app, const struct idcard *card);
void app_sign_in_code(struct app *app, const char *text, size_t len);
/* The deputy who is identified chose an activity, or wishes to sign out of it early. */
void app_sign_in_chosen(struct app *app, const char *activity, bool out);
/* Asks for leave from the row `leave_row` of the year. */
void app_ask_leave(struct app *app);
/* Back to where the deputy came from; nothing of them stays. */
void app_end_signing(struct app *app);

#endif
