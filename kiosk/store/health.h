/* health.h: how the box is. The screen's program notes what it knows of its devices; kiosk-sync and kioskctl put it together
 * with what the folder and the system tell. */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "model/health.h"
#include "store/store.h"

/* What the screen's program alone knows. */
struct box_note {
	enum health_printer printer;
	enum health_device reader, scanner;
	enum health_start start;
};
/* Keeps it and wakes kiosk-sync; nothing is written where nothing has changed. */
MUST_USE enum err store_note_box(struct store *store, const struct box_note *note);

/* Everything, but for the township's part (whether the clocks agree). What the screen's program noted counts while it runs;
 * devices are UNKNOWN when it does not. Writes nothing. */
MUST_USE enum err store_health(struct store *store, struct health *health);

#endif
