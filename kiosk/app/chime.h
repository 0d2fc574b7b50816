/* chime.h: two short sounds, for whoever does not look at the screen: done, and take care. */
#ifndef APP_CHIME_H
#define APP_CHIME_H

#include "model/err.h"

enum chime_kind { CHIME_GOOD, CHIME_CARE, CHIME_COUNT };

struct chime; /* opaque: a thread, since opening a sound device may take its time */

MUST_USE enum err chime_create(struct chime **chime);
/* Returns at once; a box without a loudspeaker stays silent. The one asked for last is heard. NULL is fine. */
void chime_play(struct chime *chime, enum chime_kind kind);
/* Gives the sound device back and waits until that is done: SDL lets no two threads open devices at once. */
void chime_hush(struct chime *chime);
void chime_destroy(struct chime *chime);

#endif
