/* scanner_source.h: what scanner.c asks of a way to the scanner. Inside devices/ only. All calls come from the worker;
 * none blocks. */
#ifndef DEVICES_SCANNER_SOURCE_H
#define DEVICES_SCANNER_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { SCANNER_TAKE_BYTES = 256 };

struct scanner_source {
	/* *fd is readable when there is something to take, and the caller's to close. ERR_NOT_FOUND, ERR_DENIED,
	 * ERR_BUSY, ERR_UNSUPPORTED, ERR_IO. */
	enum err (*open)(void *self, int *fd);
	/* What has come in, as the bytes that a line would bring; *len may be 0. ERR_OFFLINE: it is gone. */
	enum err (*take)(void *self, int fd, uint8_t bytes[SCANNER_TAKE_BYTES], size_t *len);
	void *self;    /* owned: malloc'ed, of self_size bytes, wiped before it is freed */
	size_t self_size;
	int silence_ms; /* ends a code that has no terminator */
};

/* `path` is what follows "evdev:". ERR_INVALID with `problem`, ERR_NOMEM. */
MUST_USE enum err scanner_evdev_source(const char *path, struct scanner_source *source, char problem[256]);
/* `keys_fd` is the reading end of a pipe of struct scanner_typed. */
MUST_USE enum err scanner_keyboard_source(int keys_fd, struct scanner_source *source);
struct scanner_typed {
	uint8_t hid_usage, shift;
};

#endif
