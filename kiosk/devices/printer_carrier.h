/* printer_carrier.h: what printer.c asks of a way to the paper. Inside devices/ only.
 *
 * All calls come from the worker. They may block, but look at `interrupt` at least every INTERRUPT_POLL_MS
 * while they do, and give ERR_TIMEOUT once it says so. */
#ifndef DEVICES_PRINTER_CARRIER_H
#define DEVICES_PRINTER_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/printer.h"

enum { INTERRUPT_POLL_MS = 50 };

struct interrupt {
	int stop;            /* read and written with __atomic: httpConnect2 wants the address of an int */
	int64_t deadline_ms; /* on the monotonic clock; the worker's own */
};
bool interrupt_due(const struct interrupt *interrupt);
int64_t monotonic_ms(void);

struct carrier {
	/* Hands the whole job over, once. ERR_OFFLINE: nothing of it was taken, it may be tried again; any
	 * other error: it has failed for good. *ref names it from then on. */
	enum err (*start)(void *self, const uint8_t *bytes, size_t len, int *ref);
	/* What became of it, and how the printer is. ERR_OFFLINE: cannot be asked now. */
	enum err (*poll)(void *self, int ref, enum print_state *state, enum printer_health *health);
	/* Takes it back if it has not come out, and leaves nothing of it in a spool. */
	enum err (*drop)(void *self, int ref);
	/* How the printer is while there is no job. */
	enum err (*look)(void *self, enum printer_health *health);
	/* Drops what an earlier, killed run left behind, and everything of this one. */
	enum err (*sweep)(void *self);
	void (*destroy)(void *self);
	void *self;  /* owned */
	int look_ms; /* how often look is worth calling; 0 for what printer.c thinks right */
};

/* `target` is what follows "cups:", "usb:" or "file:". `interrupt` outlives the carrier. */
MUST_USE enum err printer_cups_open(const char *target, struct interrupt *interrupt, struct carrier *carrier,
                                    char problem[256]);
MUST_USE enum err printer_usb_open(const char *target, struct interrupt *interrupt, struct carrier *carrier,
                                   char problem[256]);
MUST_USE enum err printer_file_open(const char *target, struct carrier *carrier, char problem[256]);

/* As printer_describe, printer.h. */
MUST_USE enum err printer_cups_describe(const char *target, char text[PRINTER_DESCRIPTION_SIZE], char problem[256]);
MUST_USE enum err printer_usb_describe(const char *target, char text[PRINTER_DESCRIPTION_SIZE], char problem[256]);

#endif
