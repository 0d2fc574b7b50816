/* norms.h: what the room's rules ask of a year, and how far it has come (design: "What the room's rules demand"). */
#ifndef MODEL_NORMS_H
#define MODEL_NORMS_H

#include <stddef.h>

#include "model/activity.h"
#include "model/attendance.h"

enum {
	NORM_HOME_YEAR = 6,       /* home activities a year, at least */
	NORM_HOME_QUARTER = 1,    /* and in each quarter */
	NORM_HOME_PERCENT = 90,   /* of those due come to them */
	NORM_GROUP_YEAR = 1,      /* activities of each group */
	NORM_INSPECTION_YEAR = 2,
	NORM_RESEARCH_YEAR = 1,
	NORM_DEPUTY_PERCENT = 90, /* of what a deputy was invited to */
	NORM_MAX = 12,
};

enum norm_state {
	NORM_MET,
	NORM_AHEAD, /* not yet, but there is time left */
	NORM_SHORT, /* the time is over */
	NORM_NONE,  /* nothing to measure yet */
};

/* What was held in a year, as the caller counted it: activities that are over and were not cancelled. */
struct norm_year {
	int quarters_begun, quarters_over; /* 0 to 4 */
	int home_by_quarter[4];
	int held[ACTIVITY_KIND_COUNT];
	struct attendance_sum home; /* all deputies' of the home activities */
};
struct norm_result {
	const char *what; /* Simplified Chinese */
	int have, want;   /* times, or percent */
	bool percent;
	enum norm_state state;
};

/* The home's norms, in the order of the rules; how many there are. */
size_t norms_of_home(const struct norm_year *year, struct norm_result out[NORM_MAX]);
/* Of a group that held so many activities. */
struct norm_result norm_of_group(int held, bool year_over);
/* Of a deputy's attendance. */
struct norm_result norm_of_deputy(const struct attendance_sum *sum, bool year_over);

#endif
