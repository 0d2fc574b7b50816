/* plugged.h: what is plugged in, and what it would be called in kiosk.conf. For people, not for choosing a device. */
#ifndef DEVICES_PLUGGED_H
#define DEVICES_PLUGGED_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/printer.h"

enum plugged_kind { PLUGGED_USB, PLUGGED_SERIAL, PLUGGED_INPUT, PLUGGED_QUEUE };
enum plugged_role { PLUGGED_OTHER, PLUGGED_READER, PLUGGED_PRINTER, PLUGGED_SCANNER, PLUGGED_LINE };

struct plugged {
	enum plugged_kind kind;
	/* What it is for: known by its USB numbers, its class, or the name it gives itself. PLUGGED_LINE: a serial line,
	 * at whose end a reader or a scanner may be. */
	enum plugged_role role;
	char where[256]; /* "0400:c35a", "/dev/ttyUSB0", "/dev/input/by-id/…", "slip" */
	char name[160];  /* maker and product; "" if unknown */
	char uri[288];   /* as the setting "device" wants it; "" for PLUGGED_OTHER */
	enum printer_health health; /* of a queue, as CUPS has it; else PRINTER_UNKNOWN */
	bool denied;     /* it is there, but this user may not open it */
};

/* Calls `each` for everything: USB devices but hubs, serial lines, keyboards in /dev/input/by-id, queues of CUPS. Blocks,
 * for at most some 3 s. What cannot be asked (no USB here, no cupsd) brings nothing. */
void plugged_list(void (*each)(void *ctx, const struct plugged *it), void *ctx);

#endif
