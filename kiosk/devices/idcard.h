/* idcard.h: the reader of second-generation ID cards (SAM_V), on a serial line or a USB cable.
 *
 * URIs: serial:/dev/…[?baud=115200]      usb:0400:c35a, its USB numbers in hex      usb:auto, any of the known pairs
 * A worker thread polls: find, select, read; a card is told once until it is taken away. Nothing here blocks the caller but
 * idcard_close, by at most 200 ms. */
#ifndef DEVICES_IDCARD_H
#define DEVICES_IDCARD_H

#include <stdbool.h>

#include "model/err.h"

enum idcard_type { IDCARD_RESIDENT, IDCARD_HMT_PERMIT, IDCARD_FOREIGNER };

/* What is taken from a card: never the address or the portrait. Secret: wipe it. The dates are YYYYMMDD; `until` is "" for
 * 长期, and for a card whose dates could not be read both are "". */
struct idcard { enum idcard_type type; char name[128]; char number[19]; char from[9], until[9]; };

enum { IDCARD_MODULE_SIZE = 48 };

struct idcard_reader;
/* `card` is called from the worker (`copy` what you need, it is wiped after); `health` when the reader comes or goes. */
struct idcard_events {
	void (*card)(void *ctx, const struct idcard *card);
	void (*health)(void *ctx, bool present);
	void (*unread)(void *ctx); /* a card lies there that cannot be read or understood: once, until it is taken away; may be NULL */
	void *ctx;
};
/* ERR_UNSUPPORTED, ERR_INVALID: `problem` says what is wrong with the URI. A reader that is not there is no error: it is
 * waited for. */
MUST_USE enum err idcard_open(const char *uri, const struct idcard_events *events, struct idcard_reader **reader,
                              char problem[256]);
void idcard_close(struct idcard_reader *reader);

/* For whoever sets it up. How it is now: ERR_OK, it answers; ERR_TIMEOUT, it is there but does not answer; ERR_NOT_FOUND;
 * ERR_DENIED (the udev rule, or the group); ERR_BUSY, another program has it; ERR_UNSUPPORTED, not such a reader; ERR_IO. */
enum err idcard_state(struct idcard_reader *reader);
/* The number of its security module, as printed on it: "05.01-20170726-0000123456-0987654321". False: not known (yet, or
 * it does not tell). */
bool idcard_module(struct idcard_reader *reader, char out[IDCARD_MODULE_SIZE]);

#endif
