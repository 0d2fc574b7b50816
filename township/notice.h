/* notice.h: how long before it begins an activity is to be announced. Pure. */
#ifndef TOWNSHIP_NOTICE_H
#define TOWNSHIP_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/activity.h"

enum { NOTICE_DATE_SIZE = 11 };

/* Days between the announcement and the day it begins; 0: none asked for. */
struct notice_rules {
	int home_days, group_days;
};
/* 7 and 3, as the room's rules have them. */
struct notice_rules notice_defaults(void);

struct notice {
	int days;                      /* asked for: an activity of one group has its own number, all others are the home's */
	bool in_time;
	char latest[NOTICE_DATE_SIZE]; /* the last day on which it would have been in time */
};
/* Whether an announcement at `now_ms` is in time for what begins at `starts_ms`: days of the room's calendar count. */
struct notice notice_check(const struct notice_rules *rules, enum activity_kind kind, int64_t starts_ms, int64_t now_ms);

#endif
