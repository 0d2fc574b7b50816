/* site.h: the lists of the site that screens show, read from the store when it changed. */
#ifndef APP_SITE_H
#define APP_SITE_H

#include "store/store_attendance.h"

struct site {
	struct deputy_list deputies;
	struct village_list villages;
	int64_t deputies_link;           /* of the audit chain, when those two were read */
	struct rule_list rules;
	bool clock_ok;                   /* whether the wall clock can be believed */
	struct activity_list activities; /* today's and those to come, by start */
	struct duty_row duty;
	bool on_duty;
};

/* Reads everything anew that may have changed; what cannot be read stays as it was. */
void site_load(struct site *site, struct store *store, int64_t wall_ms);
void site_clear(struct site *site);
/* NULL when there is no such deputy. */
const struct deputy_row *site_deputy(const struct site *site, const char *id);
bool site_deputy_serves(const struct deputy_row *deputy, const char *village);
/* The activity whose sign-in is open, the first to end where there are several; NULL when there is none. */
const struct activity_row *site_open_activity(const struct site *site, int64_t wall_ms);
/* Whether it is on the day of `wall_ms`, in part at least. */
bool site_activity_today(const struct activity *activity, int64_t wall_ms);

#endif
