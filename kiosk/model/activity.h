/* activity.h: what the home announces and deputies sign in to, and when its door is open. */
#ifndef MODEL_ACTIVITY_H
#define MODEL_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/report.h"

enum activity_kind {
	ACTIVITY_MEETING,    /* 会议 */
	ACTIVITY_HOME,       /* 代表之家活动 */
	ACTIVITY_GROUP,      /* 代表小组活动 */
	ACTIVITY_TRAINING,   /* 学习培训 */
	ACTIVITY_INSPECTION, /* 视察 */
	ACTIVITY_RESEARCH,   /* 专题调研 */
	ACTIVITY_REPORT,     /* 述职评议 */
	ACTIVITY_TALK,       /* 民情恳谈 */
	ACTIVITY_EXCHANGE,   /* 经验交流 */
	ACTIVITY_KIND_COUNT
};
/* "meeting" … "exchange": the names on the wire and in the database. */
const char *activity_kind_id(enum activity_kind kind);
MUST_USE enum err activity_kind_parse(const char *id, enum activity_kind *kind);

enum {
	ACTIVITY_TITLE_SIZE = 256,
	ACTIVITY_PLACE_SIZE = 128,
	ACTIVITY_SEAT_SIZE = 64,
	ACTIVITY_OPENS_MIN = 120,       /* sign-in opens so long before the start, unless the office says otherwise */
	ACTIVITY_EARLY_MIN = 30,        /* before that it is "early", after it "on time" */
	ACTIVITY_GRACE_MIN = 5,         /* and up to so long after the start */
	ACTIVITY_SIGN_OUT_MIN = 30,     /* from so long before the end, but not before the start, a card held up again signs out */
	ACTIVITY_LINGER_MIN = 60,       /* signing out is possible until so long after the end */
	ACTIVITY_MAX_MIN = 7 * 24 * 60, /* no activity is longer, opens earlier or has more grace */
};

struct activity {
	char id[REPORT_ID_SIZE];
	enum activity_kind kind;
	char title[ACTIVITY_TITLE_SIZE]; /* 法律法规学习 */
	char place[ACTIVITY_PLACE_SIZE]; /* 二楼会议室 */
	int64_t starts_ms, ends_ms;      /* unix; ends after it starts */
	int opens_min, grace_min;
	int quorum;                      /* deputies that must be there; 0: more than half of the list */
	bool signs_out;                  /* a long training: deputies sign out as well */
	bool cancelled;
};

/* ERR_INVALID with a fixed English reason (for the operator) in *why: a title, times in order, minutes within bounds. */
MUST_USE enum err activity_check(const struct activity *a, const char **why);

enum activity_phase {
	ACTIVITY_AHEAD,     /* sign-in is not open yet */
	ACTIVITY_OPEN,      /* from opening to the end */
	ACTIVITY_LINGERING, /* over, but still to be signed out of */
	ACTIVITY_OVER,
};
enum activity_phase activity_phase_at(const struct activity *a, int64_t now_ms);
/* When the phase at `now_ms` ends; INT64_MAX for ACTIVITY_OVER. */
int64_t activity_phase_until(const struct activity *a, int64_t now_ms);

/* How many must be there of `invited`. */
int activity_quorum(const struct activity *a, int invited);

#endif
