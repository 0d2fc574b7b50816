/* idcard.h: the reader of second-generation ID cards, "serial:/dev/…" (SAM_V; the USB carrier comes with the devices issue).
 * A worker thread polls: find, select, read; a card is told once until it is taken away. */
#ifndef DEVICES_IDCARD_H
#define DEVICES_IDCARD_H

#include <stdbool.h>

#include "model/err.h"

enum idcard_type { IDCARD_RESIDENT, IDCARD_HMT_PERMIT, IDCARD_FOREIGNER };

/* What is taken from a card: never the address or the portrait. Secret: wipe it. The dates are YYYYMMDD; `until` is "" for
 * 长期, and for a card whose dates could not be read both are "". */
struct idcard { enum idcard_type type; char name[128]; char number[19]; char from[9], until[9]; };

struct idcard_reader;
/* `card` is called from the worker (`copy` what you need, it is wiped after); `health` when the reader comes or goes. */
struct idcard_events {
	void (*card)(void *ctx, const struct idcard *card);
	void (*health)(void *ctx, bool present);
	void *ctx;
};
MUST_USE enum err idcard_open(const char *uri, const struct idcard_events *events, struct idcard_reader **reader,
                              char problem[256]);
void idcard_close(struct idcard_reader *reader);

#endif
