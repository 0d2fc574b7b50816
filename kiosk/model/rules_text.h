/* rules_text.h: a document that holds many rules one after another, split by its own headings. */
#ifndef MODEL_RULES_TEXT_H
#define MODEL_RULES_TEXT_H

#include <stddef.h>

#include "model/err.h"

enum { RULES_MAX = 500, RULES_DOUBTS_MAX = 200, RULES_TITLE_MAX_CHARS = 40 };

struct rules_rule {
	char id[64];
	char title[256];
	char *text; /* owned, LF-separated */
	size_t article_count;
	size_t line; /* where its title stands, from 1 */
};

/* What was decided without being sure. */
enum rules_doubt_kind {
	RULES_DOUBT_BEFORE,     /* stands before the first title: left out */
	RULES_DOUBT_HEADING,    /* a title with nothing under it: left out as a heading of several rules */
	RULES_DOUBT_TITLE,      /* taken as a title though it ends in none of the usual words, since numbers begin anew under it */
	RULES_DOUBT_TEXT,       /* ends like a title, but the numbers go on over it: taken as text */
	RULES_DOUBT_SPLIT,      /* several articles ran together on the line: parted */
	RULES_DOUBT_NUMBER,     /* a number was left out, or stands twice */
	RULES_DOUBT_AGAIN,      /* the numbers begin anew without a title */
	RULES_DOUBT_SIGNATURE,  /* a signature or date: kept, but no article */
	RULES_DOUBT_KINDS
};
struct rules_doubt { enum rules_doubt_kind kind; size_t line; char text[128]; }; /* the line from 1, and how it begins */

struct rules_text {
	struct rules_rule *rules;
	size_t count;
	struct rules_doubt *doubts; /* by line; no more than RULES_DOUBTS_MAX */
	size_t doubt_count;
};

/* UTF-8 text in which a rule's title is a line on its own that ends in 制度, 办法, 规则, 职责, 守则, 规定, 细则 or the like
 * (numbering like 一、 before it and （试行） behind it allowed), or a short line under which numbers begin anew; and articles
 * are lines that begin with 一、 (一) 1、 or 第一条. Points under an article count for none; where no line is numbered each
 * is an article. ERR_INVALID when no rule is found: the doubts are there all the same; clear in any case. ERR_TOO_LONG: more
 * than RULES_MAX. */
MUST_USE enum err rules_text_parse(const char *text, size_t len, struct rules_text *rules);
void rules_text_clear(struct rules_text *rules);

/* The articles in one rule's text, counted as above. */
size_t rules_articles(const char *text, size_t len);
/* The id that a title gives, "r-" and 16 hex digits. */
void rules_id(const char *title, char id[64]);

#endif
