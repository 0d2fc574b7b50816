#include "model/attendance.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

/* The place of a name in a table, -1 when it is not there. */
static int place(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

static const char *const bys[SIGN_BY_COUNT] = { "card", "qr", "phone" };
static const char *const timings[TIMING_COUNT] = { "early", "on_time", "late", "unknown" };
static const char *const reasons[LEAVE_REASON_COUNT] = { "ill", "work", "away", "family", "other" };
static const char *const states[LEAVE_STATE_COUNT] = { "", "asked", "granted", "refused" };

const char *sign_by_id(enum sign_by by)
{
	return (unsigned)by < SIGN_BY_COUNT ? bys[by] : "";
}

enum err sign_by_parse(const char *id, enum sign_by *by)
{
	int i = place(bys, SIGN_BY_COUNT, id);
	if (i >= 0)
		*by = (enum sign_by)i;
	return i >= 0 ? ERR_OK : ERR_INVALID;
}

const char *timing_id(enum timing t)
{
	return (unsigned)t < TIMING_COUNT ? timings[t] : "";
}

enum err timing_parse(const char *id, enum timing *t)
{
	int i = place(timings, TIMING_COUNT, id);
	if (i >= 0)
		*t = (enum timing)i;
	return i >= 0 ? ERR_OK : ERR_INVALID;
}

const char *leave_reason_id(enum leave_reason r)
{
	return (unsigned)r < LEAVE_REASON_COUNT ? reasons[r] : "";
}

enum err leave_reason_parse(const char *id, enum leave_reason *r)
{
	int i = place(reasons, LEAVE_REASON_COUNT, id);
	if (i >= 0)
		*r = (enum leave_reason)i;
	return i >= 0 ? ERR_OK : ERR_INVALID;
}

const char *leave_state_id(enum leave_state s)
{
	return (unsigned)s < LEAVE_STATE_COUNT ? states[s] : "";
}

enum err leave_state_parse(const char *id, enum leave_state *s)
{
	int i = place(states, LEAVE_STATE_COUNT, id);
	if (i >= 0)
		*s = (enum leave_state)i;
	return i >= 0 ? ERR_OK : ERR_INVALID;
}

/* A minute counts whole: whoever signs in at 14:35 with five minutes' grace is on time until 14:36. */
enum timing attendance_timing(const struct activity *a, int64_t now_ms, bool clock_ok)
{
	if (!clock_ok)
		return TIMING_UNKNOWN;
	if (now_ms < a->starts_ms - (int64_t)ACTIVITY_EARLY_MIN * MINUTE_MS)
		return TIMING_EARLY;
	return now_ms < a->starts_ms + (int64_t)(a->grace_min + 1) * MINUTE_MS ? TIMING_ON_TIME : TIMING_LATE;
}

/* From the last half hour, but nobody leaves what has not begun. */
static int64_t sign_out_from_ms(const struct activity *a)
{
	int64_t from = a->ends_ms - (int64_t)ACTIVITY_SIGN_OUT_MIN * MINUTE_MS;
	return from > a->starts_ms ? from : a->starts_ms;
}

static bool just_came(const struct attendance_facts *facts, int64_t now_ms)
{
	return now_ms >= facts->in_ms && now_ms - facts->in_ms < (int64_t)ATTENDANCE_AGAIN_MIN * MINUTE_MS;
}

/* A card held up by somebody who is in. */
static enum presented presented_again(const struct activity *a, const struct attendance_facts *facts, int64_t now_ms,
                                      bool clock_ok)
{
	if (facts->signed_out)
		return PRESENTED_ALREADY_OUT;
	if (!a->signs_out || !clock_ok || now_ms < sign_out_from_ms(a) || just_came(facts, now_ms))
		return PRESENTED_ALREADY;
	return activity_phase_at(a, now_ms) == ACTIVITY_OVER ? PRESENTED_ALREADY : PRESENTED_SIGN_OUT;
}

enum presented attendance_presented(const struct activity *a, const struct attendance_facts *facts, int64_t now_ms,
                                    bool clock_ok)
{
	if (facts->signed_in)
		return presented_again(a, facts, now_ms, clock_ok);
	if (a->cancelled)
		return PRESENTED_CANCELLED;
	if (!clock_ok)
		return PRESENTED_SIGN_IN;
	switch (activity_phase_at(a, now_ms)) {
	case ACTIVITY_AHEAD:
		return PRESENTED_NOT_YET;
	case ACTIVITY_OPEN:
		return PRESENTED_SIGN_IN;
	case ACTIVITY_LINGERING:
	case ACTIVITY_OVER:
		break;
	}
	return PRESENTED_OVER;
}

bool leave_can_be_asked(const struct activity *a, const struct attendance_facts *facts, enum leave_state state,
                        int64_t now_ms, bool clock_ok)
{
	return !a->cancelled && !facts->signed_in && state == LEAVE_NONE && (!clock_ok || now_ms < a->starts_ms);
}

int attendance_percent(const struct attendance_sum *sum)
{
	return sum->due > 0 ? (int)((int64_t)sum->attended * 100 / sum->due) : -1;
}
