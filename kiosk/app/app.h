/* app.h: the running kiosk as screens see it: one owner of everything, and what a screen may ask for. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/chime.h"
#include "app/room.h"
#include "app/screen.h"
#include "app/session.h"
#include "app/site.h"
#include "app/worker.h"
#include "devices/idcard.h"
#include "devices/printer.h"
#include "devices/scanner.h"
#include "model/settings.h"
#include "model/throttle.h"
#include "store/health.h"
#include "ui/chrome.h"
#include "ui/i18n.h"
#include "ui/input_panel.h"
#include "ui/voice.h"

enum { NAV_DEPTH = 16 };

struct events;

struct app {
	struct settings settings;
	const char *data_dir, *assets_dir;

	struct store *store;            /* the main thread's connection: reads, and the site's lists */
	struct store_identity identity;
	int64_t store_version;
	struct site site;
	struct worker *worker;

	struct theme theme;
	struct i18n *i18n;
	bool large;
	struct text_engine *text;
	struct icon_set *icons;
	struct ui *ui;
	struct input_panel *panel;
	struct voice *voice;            /* NULL until first used */
	struct events *events;          /* borrowed from main */
	struct chime *chime;            /* NULL until after the first frame */
	struct room room;               /* the activity that the room's screen shows */

	struct printer *printer;        /* NULL until after the first frame */
	struct idcard_reader *idcard;   /* NULL when none is configured or it failed */
	struct scanner *scanner;
	bool idcard_present, scanner_present;
	bool idcard_told, scanner_told; /* they have said whether they are there */
	struct box_note box;            /* as the store was last told of it */
	bool box_noted;

	const struct screen *screen;
	const struct screen *stack[NAV_DEPTH];
	size_t depth;
	bool entered_anew;              /* a transition is due */
	bool help_open;
	int countdown_s;                /* the number in the question "are you still there", 0: not asked */
	const char *toast;              /* msgid of a short message over the screen; NULL */
	int64_t toast_until_ms;

	struct session *session;
	uint32_t visit;                 /* counts sessions: a late result of an earlier one is dropped */
	struct throttle throttle;       /* across sessions: who tries codes may go away and come back */
	int64_t last_touch_ms, now_ms;  /* monotonic */
	int64_t deaf_until_ms;          /* a touch meant for the last screen is none for this one */
	int64_t wall_ms;                /* unix */
	struct canvas slip_picture;     /* the slip as shown on the screen; pixels NULL when there is none */
	uint64_t slip_picture_key;
	int orphan_print_job;           /* of a visitor who has left; 0: none */
	bool dirty;                     /* draw a frame */
	bool quit;
};

/* ---- navigation ------------------------------------------------------------------------------------------------- */

void app_go(struct app *app, const struct screen *screen);
/* Like app_go, but back leads to where this screen would have led. */
void app_replace(struct app *app, const struct screen *screen);
void app_back(struct app *app);
/* Whether going back leads past this screen. */
bool app_below(const struct app *app, const struct screen *screen);
/* Back to that screen, over those between. False: it is not below, and nothing happened. */
bool app_back_to(struct app *app, const struct screen *screen);
/* Ends the visit: everything of it is wiped; home (or the attract screen when nobody is there any more). */
void app_leave(struct app *app, const struct screen *to);

/* ---- the frame around a screen ------------------------------------------------------------------------------------ */

struct app_page {
	const char *title;        /* translated; NULL on the home screen */
	int step;                 /* 1..APP_STEPS, 0 none */
	const char *go, *go_icon; /* translated; NULL none */
	bool go_off;
	const char *go_why;       /* msgid: why it is off and what to do first; NULL: nothing to say */
	bool leaves;              /* the first key says 首页 and ends the visit */
	bool no_back;             /* the first key is left out */
};
enum { APP_STEPS = 5 };
/* Draws header, title and bar, does what back, large, language and help ask for, and gives the content's rectangle. True: the next
 * step was touched. */
bool app_page(struct app *app, struct ui *ui, const struct app_page *page, struct rect *content);

/* The content's rectangle with the margins off. */
struct rect app_margins(const struct ui *ui, struct rect content);

/* Which Han forms the reader's script takes. */
enum text_face app_face(const struct app *app);

/* A short message at the lower edge, for a few seconds. `msgid` is static. */
void app_toast(struct app *app, const char *msgid);

/* ---- things done in the background ---------------------------------------------------------------------------------- */

void app_prepare_receipt(struct app *app);  /* makes the code and its keys */
void app_submit(struct app *app);           /* commits the draft; screen_done or screen_refused follows */
void app_find_case(struct app *app, const char *text, size_t len); /* typed or scanned; screen_case follows */
void app_send_rating(struct app *app);
/* Once a day, when nobody is there: a copy of the database in DIR/backup/. Asking more often costs a look at the folder. */
void app_backup(struct app *app);
/* Writes down how printer, reader and scanner are, for kiosk-sync to tell: does nothing where nothing has changed. */
void app_note_box(struct app *app);
/* What came from the scanner and the reader, whatever screen is up. */
void app_handle_scan(struct app *app, const char *text, size_t len);
/* NULL: a card lies there that cannot be read. */
void app_handle_card(struct app *app, const struct idcard *card);

/* ---- paper ------------------------------------------------------------------------------------------------------------ */

/* Draws the receipt's slip for the screen at this width (kept in slip_picture); `brief`: its QR and code alone. */
void app_show_slip(struct app *app, int width_px, bool brief);
void app_print_slip(struct app *app);
/* It is being printed, or waits for paper: asking again would do nothing. */
bool app_slip_under_way(const struct app *app);
/* Prints the unfinished text on request, when it could not be accepted. */
void app_print_draft(struct app *app);
/* A slip still coming out when its visitor left may finish; one that waits for paper is taken back, or it would come out for
 * the next visitor. */
void app_check_orphan_print(struct app *app);
/* The state of the session's print in words, and whether it is good, bad or under way. */
enum paper_tone { PAPER_BUSY, PAPER_GOOD, PAPER_BAD };
const char *app_paper_words(const struct app *app, enum paper_tone *tone);

/* The recorder, made on first use; NULL when memory ran out. */
struct voice *app_voice(struct app *app);

#endif
