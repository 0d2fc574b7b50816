/* devices.h: what the files of `kioskctl devices` share: one look at a device, and one trial of it. */
#ifndef CTL_DEVICES_H
#define CTL_DEVICES_H

#include <stdbool.h>

#include "ctl/ctl.h"
#include "devices/printer.h"

enum device { DEVICE_CARD, DEVICE_SCAN, DEVICE_PRINT, DEVICE_COUNT };

struct device_look {
	const char *uri; /* of the settings; "" where there is none */
	/* ERR_OK: it answers. ERR_NOT_FOUND, ERR_OFFLINE: not there; ERR_DENIED; ERR_BUSY; ERR_TIMEOUT: there, but it does not
	 * answer; ERR_UNSUPPORTED: something else; ERR_INVALID: the URI; ERR_STATE: given up with Ctrl-C; ERR_IO. */
	enum err how;
	char says[200];    /* what it says of itself: module number, make and model; "" if nothing */
	char problem[256]; /* English, of the URI; "" as a rule */
	enum printer_health health; /* of a printer that answers, where it could be asked; else PRINTER_UNKNOWN */
};

/* Opens the device, hears how it is, and closes it: some seconds at most. `stop_fd` becomes readable on Ctrl-C. */
void device_look(enum device device, const char *uri, int stop_fd, struct device_look *look);

/* What is wrong with a printer, in the operator's language. */
const char *ctl_printer_trouble(enum printer_health health);

struct device_trial {
	enum err how; /* ERR_OK: it worked; ERR_TIMEOUT: nothing came in time; ERR_STATE: given up; else as device_look */
	char result[512]; /* in the operator's language, without anything that is private */
};
/* Tries it with a person's help, for at most TRIAL_S. Says on stderr what to do. */
enum { TRIAL_S = 30 };
void device_try(enum device device, const struct settings *settings, int stop_fd, struct device_trial *trial);

#endif
