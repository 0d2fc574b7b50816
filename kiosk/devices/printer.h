/* printer.h: the slip printer, chosen by URI: "cups:QUEUE" or "file:PATH" (each job appended to a new file PATH.NNNN, for
 * trying out). A worker thread does the talking; no call here blocks.
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
/* Hands over `len` bytes (copied, and wiped when done). *job is its number. One job is one print: it is never sent twice. */
MUST_USE enum err printer_submit(struct printer *printer, const uint8_t *bytes, size_t len, int *job);
enum print_state printer_job_state(struct printer *printer, int job);
/* Takes a job back if it has not come out yet; its bytes are wiped here and in the spool. */
void printer_cancel(struct printer *printer, int job);

#endif
