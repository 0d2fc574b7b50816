/* screen.h: what a screen is: a function from state to drawing and actions. */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "ui/ui.h"

struct app;

struct screen {
	const char *name;                               /* for --describe */
	void (*enter)(struct app *app);                 /* may be NULL: begins anew, not after coming back */
	void (*resume)(struct app *app);                /* may be NULL: after coming back */
	void (*frame)(struct app *app, struct ui *ui);  /* draws, and acts on what was touched */
	const char *help;                               /* msgid of the help text */
	bool quiet;                                     /* nothing of a visitor is on it: no countdown */
};

extern const struct screen screen_attract, screen_home, screen_kind, screen_subject, screen_deputy, screen_write, screen_who,
    screen_name, screen_review, screen_done, screen_refused, screen_query, screen_case, screen_rate, screen_roster,
    screen_rules, screen_rule, screen_privacy, screen_activities, screen_room, screen_identify, screen_signed, screen_choose,
    screen_self, screen_leave;

#endif
