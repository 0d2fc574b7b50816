/* printer.h: the slip printer, chosen by URI: "cups:QUEUE", "usb:VVVV:PPPP" or "usb:auto" (libusb, the printer class; with
 * "?status=port" after it for one that answers no DLE EOT), or "file:PATH" (each job appended to a new file PATH.NNNN, for
 * trying out). Worker threads do the talking; no call here blocks, but for printer_describe.
 *
 *            submit            sent            printer says done
 *   (none) ──────────► QUEUED ──────► PRINTING ──────────────────► DONE
 *                         │               │ paper out, cover open, unplugged
 *                         │               └──────────► HELD ──(mended)──► PRINTING
 *                         └── given up (cancelled, or too old) ──────────► FAILED
 */
#ifndef DEVICES_PRINTER_H
#define DEVICES_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct printer;
enum printer_health { PRINTER_UNKNOWN, PRINTER_READY, PRINTER_PAPER_LOW, PRINTER_PAPER_OUT, PRINTER_COVER_OPEN, PRINTER_ERROR,
                      PRINTER_OFFLINE, PRINTER_NONE };
enum print_state { PRINT_NONE, PRINT_QUEUED, PRINT_PRINTING, PRINT_HELD, PRINT_DONE, PRINT_FAILED };

/* ERR_UNSUPPORTED for an unknown scheme, with the known ones in `problem`. "" is a site without a printer: health is
 * PRINTER_NONE and every job fails at once. `changed` is called from the worker when health or a job's state changed. */
MUST_USE enum err printer_open(const char *uri, void (*changed)(void *ctx), void *ctx, struct printer **printer,
                               char problem[256]);
/* Interrupts whatever the worker waits for, joins it, cancels unfinished jobs (a slip must not come out for the next
 * visitor), wipes and frees. */
void printer_close(struct printer *printer);

enum printer_health printer_health(struct printer *printer);
/* Hands over `len` bytes (copied, and wiped when done). *job is its number. One job is one whole print: what was cut short by the end
 * of the paper, an open cover, a jam or an unplugged cable is printed again once that is mended, whole (printer_run.h). */
MUST_USE enum err printer_submit(struct printer *printer, const uint8_t *bytes, size_t len, int *job);
enum print_state printer_job_state(struct printer *printer, int job);
/* Takes a job back if it has not come out yet; its bytes are wiped here and in the spool. */
void printer_cancel(struct printer *printer, int job);

enum { PRINTER_DESCRIPTION_SIZE = 128 };
/* What the printer says of itself, for people: its IEEE 1284 id or USB strings, or the make and model of its CUPS queue; "" if
 * nothing. Blocks for up to some 3 s. ERR_OFFLINE: it is not plugged in, or cupsd is not there; ERR_NOT_FOUND: no such queue. On
 * ERR_BUSY (another program has it: the kiosk) and ERR_DENIED (the udev rule) `text` holds what could be seen all the same.
 * ERR_INVALID and ERR_UNSUPPORTED as printer_open. */
MUST_USE enum err printer_describe(const char *uri, char text[PRINTER_DESCRIPTION_SIZE], char problem[256]);

#endif
