/* chrome.h: what stands around every screen: the header with the home's name and the clock, the title strip that says where one
 * is, and the bar with back, text size, script, help and the next step. */
#ifndef UI_CHROME_H
#define UI_CHROME_H

#include "ui/ui.h"

struct chrome {
	const char *home, *subtitle;      /* header; subtitle may be NULL */
	const char *clock, *date;
	const char *title;                /* NULL on the home screen */
	int step, step_count;             /* step counts from 1; 0: no steps */
	const char *step_words;           /* 第3步 共5步 */
	const char *back;                 /* label of the first key, NULL for none */
	const char *back_icon;
	const char *large, *language, *help;
	const char *go, *go_icon;         /* the next step, NULL for none */
	bool go_off;                      /* shown, but not yet possible */
};

enum chrome_action { CHROME_NONE, CHROME_BACK, CHROME_LARGE, CHROME_LANGUAGE, CHROME_HELP, CHROME_GO,
                     CHROME_GO_TRIED };

/* Draws it, gives what was touched and where the screen's content goes. */
enum chrome_action ui_chrome(struct ui *ui, const struct chrome *chrome, struct rect *content);

#endif
