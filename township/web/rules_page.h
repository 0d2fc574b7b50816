/* rules_page.h: what the pages on the rules share. */
#ifndef TOWNSHIP_WEB_RULES_PAGE_H
#define TOWNSHIP_WEB_RULES_PAGE_H

#include "township/refusal.h"
#include "township/web/web.h"

/* The status that fits a refusal of rules.h. */
unsigned rules_status(const struct refusal *why);

#endif
