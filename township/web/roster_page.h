/* roster_page.h: what the pages of the roster have in common. */
#ifndef TOWNSHIP_WEB_ROSTER_PAGE_H
#define TOWNSHIP_WEB_ROSTER_PAGE_H

#include "township/refusal.h"
#include "township/web/web.h"

enum roster_tab { ROSTER_PEOPLE, ROSTER_GROUPS, ROSTER_CONSTITUENCIES, ROSTER_CARDS, ROSTER_IMPORT, ROSTER_TAB_COUNT };
/* Head and frame of a page of the roster, with the way to its neighbours. */
void roster_begin(struct html *h, const struct request *rq, const char *title, enum roster_tab tab);
/* The same for a page about one deputy: the way back to the list and, where `page` is not NULL, to the deputy. */
void roster_begin_deputy(struct html *h, const struct request *rq, const char *title, const char *id, const char *page);

enum { ROSTER_PATH_SIZE = 256 };
/* "/roster/ID" with `rest`, fit for a link. */
const char *roster_path(const char *id, const char *rest, char out[ROSTER_PATH_SIZE]);

/* What was refused, on the page that follows; nothing when nothing was. */
void put_refusal(struct html *h, const struct refusal *refusal);
/* The status of that page. */
unsigned roster_status(const struct refusal *refusal);
/* An act that may have been refused: true when the page is to be shown again, else the reply is made for an error. */
bool roster_refused(struct reply *rp, enum err e, const struct refusal *refusal);

/* A field without control characters and blanks around it. ERR_TOO_LONG; what fits is there. */
MUST_USE enum err roster_field(const struct request *rq, const char *name, char *out, size_t size);

/* 乡 第一选区（青禾村）, a line each. */
void put_mandates(struct html *h, const json_t *deputy);

extern const struct web_option level_options[]; /* the first is "" */

/* deputy.c: the deputy's page, with what was refused (NULL: nothing); 404 where there is none. Under the lock. */
void show_deputy(struct request *rq, struct reply *rp, const char *id, const struct refusal *refusal);

#endif
