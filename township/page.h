/* page.h: pages for a deputy's phone: whole in themselves, no scripts, nothing from outside, all text escaped. */
#ifndef TOWNSHIP_PAGE_H
#define TOWNSHIP_PAGE_H

#include "township/http.h"

enum page_mood { PAGE_ASKS, PAGE_GOOD, PAGE_PLAIN, PAGE_BAD };

struct page {
	enum page_mood mood;
	const char *title;   /* the headline */
	const char *lines[6]; /* what there is to say, each a line; NULL ends it. Borrowed, not escaped */
	const char *remedy;  /* what to do next; NULL for none */
	bool form;           /* asks for name and password, and posts them to the page's own address */
	const char *name;    /* what was typed in before; NULL for nothing */
	const char *csrf;    /* with `form`: the phone knows who it is, one touch does; its mark. NULL: it does not */
	bool link;           /* to the deputy's own page */
};

/* Makes the page the reply, with the headers that keep it alone. */
void page_reply(struct reply *rp, unsigned status, const char *township, const struct page *page);

#endif
