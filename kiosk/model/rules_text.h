/* rules_text.h: a document that holds many rules one after another, split by its own headings. */
#ifndef MODEL_RULES_TEXT_H
#define MODEL_RULES_TEXT_H

#include <stddef.h>

#include "model/err.h"

struct rules_rule {
	char id[64];
	char title[256];
	char *text;
	size_t article_count;
}; /* text owned, LF-separated */
struct rules_text { struct rules_rule *rules; size_t count; };

/* UTF-8 text in which a rule's title is a line on its own that ends in 制度, 办法, 规则, 职责, 守则, 规定 or
 * 细则 (numbering like 一、 before it allowed) and articles are lines that begin with 一、 (一) 1、 or
 * 第一条. ERR_INVALID when no rule is found. */
MUST_USE enum err rules_text_parse(const char *text, size_t len, struct rules_text *rules);
void rules_text_clear(struct rules_text *rules);

#endif
