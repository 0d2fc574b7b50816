/* web.h: what the office's pages are made of: the frame around each, notices, forms, lists.
 *
 * A page: web_begin, html_put …, web_end. What was done is told on the next page (web_redirect), what was wrong on the same
 * one, with everything that was typed still in its fields (web_problem, then the page again). */
#ifndef TOWNSHIP_WEB_WEB_H
#define TOWNSHIP_WEB_WEB_H

#include <stdbool.h>

#include "township/web/html.h"

enum web_section {
	WEB_FRONT,
	WEB_CASES,
	WEB_PROPOSALS,
	WEB_ACTIVITIES,
	WEB_ROSTER,
	WEB_RULES,
	WEB_EVALUATIONS,
	WEB_FIGURES,
	WEB_KIOSKS,
	WEB_USERS,
	WEB_SECTION_COUNT,
	WEB_NONE /* a page that is in no section: signing in, one's own account, errors */
};

/* Head, navigation, what was just done (?done=), and the title as h1. WEB_NONE with nobody signed in leaves the
 * navigation out. */
void web_begin(struct html *h, const struct request *rq, const char *title, enum web_section section);
/* The same without navigation and in the width of A4, with a button that prints: what is meant for paper. */
void web_begin_paper(struct html *h, const struct request *rq, const char *title);
/* For a deputy's phone: large type, one column. */
void web_begin_phone(struct html *h, const struct request *rq, const char *title);
/* Closes the page and makes it the reply. */
void web_end(struct html *h, const struct request *rq, struct reply *rp, unsigned status);

/* The box that says what was wrong and what to do next; nothing when `what` is NULL. */
void web_problem(struct html *h, const char *what, const char *remedy);

/* 303 to `path`, a literal with %s and %d in it (each %s is made fit for a place in a path or query; %d is the only number). The page there
 * says what was done: a query part done=CODE of done.c. */
void web_redirect(struct reply *rp, const char *path, ...) __attribute__((format(printf, 2, 3)));
/* What "done=CODE" says, NULL for an unknown code. */
const char *web_done_text(const char *code);

/* The error as the reply: becomes a page. */
void web_error(struct request *rq, struct reply *rp);

/* The cookie of a page's session, for so many seconds; 0: forget it. */
void web_session_cookie(struct request *rq, struct reply *rp, const char *token, int seconds);

/* ---- roles ---- */

bool web_may_write(const struct request *rq); /* clerk or head */
bool web_is_head(const struct request *rq);

/* ---- forms: each field has its label; what is asked for stays when it was wrong ---- */

/* Opens a form that posts to `action`, with its mark. End it by web_form_end (a button) or html_put("</form>"). */
void web_form(struct html *h, const struct request *rq, const char *action);
void web_form_upload(struct html *h, const struct request *rq, const char *action);
void web_form_end(struct html *h, const char *button);
/* A whole form that is one button; `danger`: drawn as such, and asked once more where the browser runs scripts. */
void web_button(struct html *h, const struct request *rq, const char *action, const char *label, bool danger);

struct web_field {
	const char *name, *label;
	const char *value; /* NULL: empty */
	const char *hint;  /* a line under it; NULL: none */
	const char *type;  /* of <input>: NULL "text", "date", "datetime-local", "number", "password", "search", "tel" */
	int max;           /* characters; 0: 200 */
	bool required;
	const char *id; /* NULL: the name; another where the page has two of that name */
	const char *list; /* of web_input: the id of a <datalist> to choose from; NULL: none */
};
void web_input(struct html *h, const struct web_field *field);
void web_area(struct html *h, const struct web_field *field, int rows);
void web_file(struct html *h, const struct web_field *field, const char *accept);

struct web_option {
	const char *value, *label;
};
/* A select; `options` ends with a NULL value. */
void web_select(struct html *h, const struct web_field *field, const struct web_option *options);
/* The same from a list of {"<value>": …, "<label>": …} objects; `none` is the first entry with an empty value, NULL: no such. */
void web_select_json(struct html *h, const struct web_field *field, const char *none, const json_t *list,
                     const char *value, const char *label);
void web_check(struct html *h, const char *name, const char *value, const char *label, bool checked);

/* ---- pieces ---- */

/* A number's state in colour, sign and words. */
enum web_light { WEB_GREEN, WEB_AMBER, WEB_RED, WEB_GREY };
void web_badge(struct html *h, enum web_light light, const char *words);

/* "上一页 下一页" below a list: `query` is the page's own query without the cursor ("?state=open&" or "?"), `next` the cursor or
 * NULL, `first` whether this is the first page. */
void web_pager(struct html *h, const char *path, const char *query, const char *next, bool first);

/* Times as the room's clock has them: "2026-11-24", "2026-11-24 09:05"; "—" for 0. `out` of 24. */
const char *web_date(int64_t ms, char out[24]);
const char *web_time(int64_t ms, char out[24]);
/* A date ("2026-11-24") or date and time ("2026-11-24T09:05", as browsers send them) as milliseconds; ERR_INVALID. */
MUST_USE enum err web_time_read(const char *text, int64_t *ms);

/* The member of an object as text: "" when it is not there or is not a text. Borrowed. */
const char *web_text(const json_t *object, const char *member);
int64_t web_number(const json_t *object, const char *member);

/* The finished CSV in `h` as a download of that name ("群众反映-2026.csv"), with the mark that spreadsheets know UTF-8 by. */
void web_csv_begin(struct html *h);
void web_csv_reply(struct html *h, struct reply *rp, const char *filename);
/* Bytes (owned by the caller, copied) as a download or, `inline_too`, as something the browser shows. */
void web_bytes_reply(struct reply *rp, const void *bytes, size_t len, const char *type, const char *filename,
                     bool inline_too);

/* The part of `len` bytes that the request's Range asks for; false, and the whole, where it asks for none that there is. */
bool web_range(const struct request *rq, size_t len, size_t *from, size_t *until);
/* The same in parts, as players of sound ask for it (RFC 9110, 14): 206 with the range that was asked for. */
void web_part_reply(const struct request *rq, struct reply *rp, const char *bytes, size_t len, const char *type,
                    const char *filename);

#endif
