/* attendance.h: the rules of signing in, the same on every kiosk and in the township's server.
 *
 *   (nothing) ──sign in──► in ──sign out (if the activity asks for it)──► out
 * Signing in twice is one sign-in. What happened at the door is recorded as it was; what is odd about it is flagged
 * beside the record, never decided there. */
#ifndef MODEL_ATTENDANCE_H
#define MODEL_ATTENDANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/activity.h"
#include "model/err.h"

enum sign_by { SIGN_BY_CARD, SIGN_BY_QR, SIGN_BY_PHONE, SIGN_BY_COUNT }; /* "card" "qr" "phone" */
const char *sign_by_id(enum sign_by by);
MUST_USE enum err sign_by_parse(const char *id, enum sign_by *by);

/* TIMING_UNKNOWN: the clock could not be trusted. "early" "on_time" "late" "unknown" */
enum timing { TIMING_EARLY, TIMING_ON_TIME, TIMING_LATE, TIMING_UNKNOWN, TIMING_COUNT };
const char *timing_id(enum timing t);
MUST_USE enum err timing_parse(const char *id, enum timing *t);
enum timing attendance_timing(const struct activity *a, int64_t now_ms, bool clock_ok);

/* What is known of one deputy at one activity. */
struct attendance_facts {
	bool signed_in, signed_out;
	int64_t in_ms; /* unix, when signed in */
};

/* A card still lying there, the QR card beside the ID card, a page sent twice: for so long after signing in, none of them
 * signs out. */
enum { ATTENDANCE_AGAIN_MIN = 2 };

/* What it means when the deputy holds up a card now. */
enum presented {
	PRESENTED_SIGN_IN,
	PRESENTED_ALREADY,     /* signed in; nothing to do (the screen offers signing out where the activity asks for it) */
	PRESENTED_SIGN_OUT,
	PRESENTED_ALREADY_OUT,
	PRESENTED_NOT_YET,     /* its sign-in is not open yet */
	PRESENTED_OVER,
	PRESENTED_CANCELLED,
};
/* With a clock that cannot be trusted (`clock_ok` false) no time is a reason to send somebody away, and nobody is signed
 * out by the clock. */
enum presented attendance_presented(const struct activity *a, const struct attendance_facts *facts, int64_t now_ms,
                                    bool clock_ok);

/* Why leave is asked for: "ill" "work" "away" "family" "other". */
enum leave_reason { LEAVE_ILL, LEAVE_WORK, LEAVE_AWAY, LEAVE_FAMILY, LEAVE_OTHER, LEAVE_REASON_COUNT };
const char *leave_reason_id(enum leave_reason r);
MUST_USE enum err leave_reason_parse(const char *id, enum leave_reason *r);
/* "asked" "granted" "refused"; LEAVE_NONE is "". */
enum leave_state { LEAVE_NONE, LEAVE_ASKED, LEAVE_GRANTED, LEAVE_REFUSED, LEAVE_STATE_COUNT };
const char *leave_state_id(enum leave_state s);
MUST_USE enum err leave_state_parse(const char *id, enum leave_state *s);
/* Leave is asked for before the start; not by who is there already. */
bool leave_can_be_asked(const struct activity *a, const struct attendance_facts *facts, enum leave_state state,
                        int64_t now_ms, bool clock_ok);

/* One deputy's year: activities they were invited to that they came to or that are over, and were not cancelled. */
struct attendance_sum {
	int due, attended, late, leave; /* late is part of attended; leave (granted or asked) of what was not attended */
};
/* 0 to 100, rounded down (89.9 is not yet 90); -1 when nothing was due. */
int attendance_percent(const struct attendance_sum *sum);

#endif
