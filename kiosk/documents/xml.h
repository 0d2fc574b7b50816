/* xml.h: XML read from front to back. Names come without their prefix ("w:p" is "p"): the parts of Office files hold few that
 * would be mistaken for each other. expat reads; documents with a DTD are refused, so that no entity can blow up. */
#ifndef DOCUMENTS_XML_H
#define DOCUMENTS_XML_H

#include <stddef.h>

#include "model/err.h"

/* Each may be NULL. An error ends the reading and is its result. */
struct xml_take {
	enum err (*start)(void *ctx, const char *name, const char **attributes);
	enum err (*end)(void *ctx, const char *name);
	enum err (*text)(void *ctx, const char *text, size_t len); /* a stretch of it: there may be several in a row */
};

/* ERR_INVALID: not well-formed, nested deeper than any document is, or not UTF-8 or UTF-16. */
MUST_USE enum err xml_read(const char *text, size_t len, const struct xml_take *take, void *ctx);

/* The value of the attribute of that name (its prefix left out), or NULL. */
const char *xml_attribute(const char **attributes, const char *name);
const char *xml_attribute_or(const char **attributes, const char *name, const char *otherwise);
/* Its value as a number from 0 to `max`; `otherwise` when there is none such. */
int xml_number(const char **attributes, const char *name, int max, int otherwise);

#endif
