/* verify_internal.h: how the parts of verify tell what they found. */
#ifndef STORE_VERIFY_INTERNAL_H
#define STORE_VERIFY_INTERNAL_H

#include "store/store_admin.h"
#include "store/store_internal.h"

/* The finding that is told is that of the lowest link; one that belongs to no link (0) only when there is no other. */
void verify_blame(struct verify_report *r, int64_t link, const char *what, const char *detail);
/* The link that brought a row in, for what is found wrong with its meaning. */
int64_t verify_link_of(struct store *store, const char *table, const char *row);

/* Each row of attendance, leaves and flags that names an event has it, and each such event has its row. */
MUST_USE enum err verify_attendance(struct store *store, struct verify_report *r);

#endif
