/* room.h: one activity as the room's screen shows it: who has come, who has not, and the code for phones. */
#ifndef APP_ROOM_H
#define APP_ROOM_H

#include "store/store_attendance.h"
#include "ui/canvas.h"

struct app;

struct room {
	char activity[REPORT_ID_SIZE]; /* "" while no room is shown */
	struct activity_row row;
	struct roll roll;              /* owned */
	int64_t version;               /* of the store, when it was read */
	int64_t slot;                  /* half minute of the phone's code */
	int wanted_px, side_px;        /* of the code with its quiet zone: asked for, and as it came out in whole pixels */
	struct mask qr;                /* owned; bytes NULL when there is none */
};

/* Which activity; what was read of another one is dropped. */
void room_choose(struct room *room, const char *activity);
/* Reads the roll anew where the store has changed. False: there is no such activity any more. */
bool room_refresh(struct app *app);
/* The phone's code for the present half minute, in modules of a width that fits `side_px` with the quiet zone; NULL without one
 * (not connected, or no address). */
const struct mask *room_code(struct app *app, int side_px);
void room_clear(struct room *room);

#endif
