/* scanner.h: the QR scanner, chosen by URI:
 *   serial:/dev/…             a line: USB CDC or a real one, 9600 8N1 or as ?baud= says
 *   evdev:/dev/input/by-id/…  one that types like a keyboard, held for us alone, so that it never types into a form
 *   keyboard                  the keys that the window system brings, see scanner_key
 * A worker thread does the talking; no call here blocks. Ends of a code: CR, LF, CRLF, Tab (Enter, keypad Enter and Tab
 * of one that types), told at once, or a silence: 50 ms on a line, 100 ms of one that types, 300 ms by the window
 * system, whose loop may be late. The same code within 2 s is one scan. A device that is not there yet, or that goes,
 * is looked for again at least once a second. */
#ifndef DEVICES_SCANNER_H
#define DEVICES_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/err.h"

enum { SCANNER_MAX_BYTES = 512 };

struct scanner;
struct scanner_events {
	void (*code)(void *ctx, const char *text, size_t len); /* printable ASCII; from the worker; wiped after */
	void (*health)(void *ctx, bool present);               /* told when it changes, and once at first */
	void *ctx;
};
/* ERR_UNSUPPORTED for an unknown scheme, ERR_INVALID for a bad path or line, with what is known in `problem`; ERR_NOMEM.
 * A device that is absent, taken or forbidden is no error: health says so, and scanner_trouble why. */
MUST_USE enum err scanner_open(const char *uri, const struct scanner_events *events, struct scanner **scanner,
                               char problem[256]);
/* Ends the worker wherever it waits, wipes and frees. NULL is fine. */
void scanner_close(struct scanner *scanner);

/* Why the scanner is absent: ERR_OK while it is present, ERR_NOT_FOUND (not plugged in), ERR_DENIED, ERR_BUSY (another
 * program holds it), ERR_UNSUPPORTED (evdev: it has no letters and digits, so it is no scanner), ERR_IO. From any
 * thread. */
enum err scanner_trouble(const struct scanner *scanner);

/* A key that the window system says was pressed, for "keyboard"; with any other scanner it does nothing. `hid_usage` is
 * of USB HID's page 7, which SDL's scancodes are; key repeats are not to be passed. Never blocks. */
void scanner_key(struct scanner *scanner, int hid_usage, bool shift);

#endif
