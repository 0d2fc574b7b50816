#include "model/activity.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };
/* The end of the year 9999, where dates get a fifth digit; sums of times before it do not overflow. */
static const int64_t last_ms = 253402300799999;

static const char *const kinds[ACTIVITY_KIND_COUNT] = {
	"meeting", "home", "group", "training", "inspection", "research", "report", "talk", "exchange"
};

const char *activity_kind_id(enum activity_kind kind)
{
	return (unsigned)kind < ACTIVITY_KIND_COUNT ? kinds[kind] : "";
}

enum err activity_kind_parse(const char *id, enum activity_kind *kind)
{
	for (int i = 0; i < ACTIVITY_KIND_COUNT; i++) {
		if (strcmp(kinds[i], id) == 0) {
			*kind = (enum activity_kind)i;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

static bool minutes_ok(int minutes)
{
	return minutes >= 0 && minutes <= ACTIVITY_MAX_MIN;
}

enum err activity_check(const struct activity *a, const char **why)
{
	*why = NULL;
	if (!a->id[0])
		*why = "it has no id";
	else if (!a->title[0])
		*why = "it has no title";
	else if (a->starts_ms <= 0 || a->ends_ms <= a->starts_ms)
		*why = "it does not end after it starts";
	else if (a->ends_ms > last_ms)
		*why = "its times are beyond the calendar";
	else if (a->ends_ms - a->starts_ms > (int64_t)ACTIVITY_MAX_MIN * MINUTE_MS)
		*why = "it is longer than a week";
	else if (!minutes_ok(a->opens_min) || !minutes_ok(a->grace_min))
		*why = "its minutes of opening or grace are out of range";
	else if (a->quorum < 0)
		*why = "its quorum is negative";
	return *why ? ERR_INVALID : ERR_OK;
}

static int64_t opens_ms(const struct activity *a)
{
	return a->starts_ms - (int64_t)a->opens_min * MINUTE_MS;
}

static int64_t lingers_until_ms(const struct activity *a)
{
	return a->ends_ms + (int64_t)ACTIVITY_LINGER_MIN * MINUTE_MS;
}

enum activity_phase activity_phase_at(const struct activity *a, int64_t now_ms)
{
	if (now_ms < opens_ms(a))
		return ACTIVITY_AHEAD;
	if (now_ms < a->ends_ms)
		return ACTIVITY_OPEN;
	return now_ms < lingers_until_ms(a) ? ACTIVITY_LINGERING : ACTIVITY_OVER;
}

int64_t activity_phase_until(const struct activity *a, int64_t now_ms)
{
	switch (activity_phase_at(a, now_ms)) {
	case ACTIVITY_AHEAD:
		return opens_ms(a);
	case ACTIVITY_OPEN:
		return a->ends_ms;
	case ACTIVITY_LINGERING:
		return lingers_until_ms(a);
	case ACTIVITY_OVER:
		break;
	}
	return INT64_MAX;
}

int activity_quorum(const struct activity *a, int invited)
{
	return a->quorum > 0 ? a->quorum : invited / 2 + 1;
}
