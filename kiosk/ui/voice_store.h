/* voice_store.h: where a recording grows: at most 1 MB, in memory that is neither swapped nor dumped where the system allows. */
#ifndef UI_VOICE_STORE_H
#define UI_VOICE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { VOICE_STORE_MAX = 1 << 20 };

/* Zero-initialise. The whole room is set aside at once and filled page by page, so that growing leaves no copies. */
struct voice_store {
	uint8_t *bytes; /* owned; VOICE_STORE_MAX when there */
	size_t len;
};

MUST_USE enum err voice_store_reserve(struct voice_store *s);
MUST_USE enum err voice_store_add(struct voice_store *s, const uint8_t *bytes, size_t len); /* ERR_TOO_LONG: nothing added */
void voice_store_wipe(struct voice_store *s); /* and gives the memory back */

#endif
