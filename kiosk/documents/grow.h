/* grow.h: text that grows up to a limit. */
#ifndef DOCUMENTS_GROW_H
#define DOCUMENTS_GROW_H

#include <stddef.h>

#include "model/err.h"

struct grow { char *text; size_t len, room, max; }; /* text owned, NUL-terminated once there is any; begin with {.max = …} */

/* ERR_TOO_LONG: more than `max`; what is there stays. */
MUST_USE enum err grow_put(struct grow *grow, const char *bytes, size_t len);
MUST_USE enum err grow_text(struct grow *grow, const char *text);
/* Gives the text away ("" when there is none); ERR_NOMEM. */
MUST_USE enum err grow_take(struct grow *grow, char **text, size_t *len);
/* Wipes and frees. */
void grow_clear(struct grow *grow);

#endif
