/* scanner.h: the QR scanner on a serial line ("serial:/dev/…": USB CDC or a real line, 9600 8N1 or as the device says).
 * Ends of a code: CR, LF, CRLF, Tab, or 50 ms of silence. The same code within 2 s is one scan. */
#ifndef DEVICES_SCANNER_H
#define DEVICES_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/err.h"

enum { SCANNER_MAX_BYTES = 512 };

struct scanner;
struct scanner_events {
	void (*code)(void *ctx, const char *text, size_t len); /* printable ASCII; from the worker; wiped after */
	void (*health)(void *ctx, bool present);
	void *ctx;
};
MUST_USE enum err scanner_open(const char *uri, const struct scanner_events *events, struct scanner **scanner,
                               char problem[256]);
void scanner_close(struct scanner *scanner);

#endif
