/* session.h: everything of the present visitor, in one locked block (sodium_malloc), wiped on every way out.
 *
 *   (none) ─ touch ─► open ─► … ─► session_end: wiped
 * The block never moves; pointers into it are valid until session_end. */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/case_view.h"
#include "app/signing.h"
#include "model/report.h"
#include "model/seal.h"
#include "store/store.h"
#include "ui/editor.h"

enum { TYPED_CODE_SIZE = 16, NAME_FILTER_SIZE = 64 };

enum write_mode { WRITE_HAND, WRITE_PINYIN, WRITE_VOICE, WRITE_INK };

struct session {
	/* I have something to say */
	struct report draft;
	char village[128];            /* chosen on the way to the deputy */
	char deputy_name[128];
	enum write_mode write_mode;
	struct editor text_editor, name_editor, phone_editor;
	bool phone_active;            /* which of the two is being written */
	bool clear_asked;             /* 清空 was touched once */
	bool ways_open;               /* on a small screen: the four ways of writing lie over the pad */
	size_t ink_page;

	/* its receipt */
	struct slip_code code;
	struct slip_keys keys;
	bool keys_ready, keys_asked;
	bool submitting, submitted;
	enum err submit_error;
	struct submission done;
	int print_job;                /* 0: none */
	int prints;                   /* slips asked for in this visit */

	/* what became of it */
	char typed[TYPED_CODE_SIZE];
	bool looking, found_ready;
	const char *find_message;     /* msgid of what was wrong with the code; NULL */
	struct case_summary found;
	struct case_view view;
	enum rating rating;
	char reason[RATING_REASON_SIZE];
	struct editor reason_editor;
	bool rating_sent, rating_busy;
	enum err rating_error;

	struct signing signing;       /* a deputy who holds up a card */

	/* wall */
	char filter[NAME_FILTER_SIZE];
	int level_filter;             /* 0 all, then city, county, township; -1 by village */
	char rule[REPORT_ID_SIZE];
};

MUST_USE enum err session_create(struct session **session);
/* Wipes everything, and makes the block ready for the next visitor. */
void session_end(struct session *session);
void session_destroy(struct session *session);

#endif
