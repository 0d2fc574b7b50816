/* flags.h: a flag for what an event tells, written inside its transaction. */
#ifndef STORE_FLAGS_H
#define STORE_FLAGS_H

#include "store/store_internal.h"

/* Named after its event, so that no two kiosks' flags ever share a name. */
MUST_USE enum err flag_event(struct store *store, const struct stamp *stamp, int64_t seq, const char *what,
                             const char *deputy, const char *activity, const char *detail);

#endif
