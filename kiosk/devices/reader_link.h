/* reader_link.h: what idcard.c asks of a way to the card reader. Inside devices/ only.
 *
 * All calls come from the worker, apart from `interrupt`. Whatever takes timeout_ms may block that long, and ends within
 * 50 ms of `interrupt`; nothing else blocks. None of them frees what it is given, or keeps it.
 * ERR_STATE: interrupted, nothing more will go. ERR_OFFLINE: the reader is unplugged or the line is gone: `close`, and
 * `open` again. ERR_TIMEOUT: it says nothing, or takes nothing. ERR_IO: what was on its way is spoilt, ask again. */
#ifndef DEVICES_READER_LINK_H
#define DEVICES_READER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct reader_link {
	/* Waits for the reader and opens it. When the time is up: ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY, ERR_UNSUPPORTED (it
	 * has no such interface), ERR_IO. */
	enum err (*open)(void *self, int timeout_ms);
	/* All of it, or not: at most a second. */
	enum err (*send)(void *self, const uint8_t *bytes, size_t len);
	/* What has come, as soon as there is something: *got > 0 on success. */
	enum err (*receive)(void *self, uint8_t *bytes, size_t size, int timeout_ms, size_t *got);
	/* Throws away what has come, and what still comes within wait_ms. */
	void (*drain)(void *self, int wait_ms);
	/* Does nothing for that long. ERR_OK: the time has passed. */
	enum err (*pause)(void *self, int timeout_ms);
	/* Lets it go; `open` begins anew. `senseless`: it does not answer, as much of it as can be is reset. */
	void (*close)(void *self, bool senseless);
	/* From any thread, for good. */
	void (*interrupt)(void *self);
	void (*destroy)(void *self);
	void *self; /* owned */
};

/* "serial:/dev/…" and "usb:VVVV:PPPP" or "usb:auto". ERR_INVALID with `problem`: the URI is wrong; ERR_NOMEM. */
MUST_USE enum err reader_serial(const char *uri, struct reader_link *link, char problem[256]);
MUST_USE enum err reader_usb(const char *uri, struct reader_link *link, char problem[256]);

/* Whether readers of this protocol were seen with these USB numbers. */
bool reader_usb_known(uint16_t vendor, uint16_t product);

#endif
